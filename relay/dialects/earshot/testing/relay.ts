import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, type App, type AppOptions } from '../../../app.ts';
import { createServer } from '../../../http/server.ts';
import { ScriptedUpstream } from '../../../session/testing/scripted-upstream.ts';

/** A whole relay on a free loopback port, answering from a script. */
export interface TestRelay {
  app: App;
  upstream: ScriptedUpstream;
  port: number;
  url: string;
  stop(): Promise<void>;
}

export async function startRelay(options: Partial<AppOptions> = {}): Promise<TestRelay> {
  const upstream = new ScriptedUpstream();
  upstream.onRequest = (answer) => answer.text('Noon.').audio(200).end();
  const webRoot = mkdtempSync(join(tmpdir(), 'earshot-no-web-'));
  const app = createApp({ config: { allowedHosts: [] }, upstream, webRoot, version: '0.0.0-test', ...options });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await app.registry.drain(0);
    await app.closeLive();
    server.closeAllConnections();
    await closed;
  };
  return { app, upstream, port, url: `http://127.0.0.1:${port}`, stop };
}
