import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { createApp } from '../../relay/app.ts';
import { createServer } from '../../relay/http/server.ts';
import { createEcho } from '../../relay/upstream/echo/echo.ts';

/** A whole relay on a free loopback port that plays back what it hears; its turns are found by the real detector. */
export async function startEchoRelay(): Promise<{ origin: string; stop(): Promise<void> }> {
  const app = createApp({ config: { allowedHosts: [] }, upstream: createEcho(), webRoot: tmpdir(), version: '0.0.0' });
  const server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await app.closeLive();
    await app.registry.drain(0);
    server.closeAllConnections();
    await closed;
  };
  return { origin: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
