import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LIMITS, SUBPROTOCOL } from '#protocol';
import { bytesReadOf } from '../dialects/bytes-read.ts';
import { startRelay, type TestRelay } from '../dialects/earshot/testing/relay.ts';
import { createSocketServer } from './socket-server.ts';
import { until } from './testing/speech-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

/** The code a socket is closed with after one message of so many bytes; `open` when it takes it. */
async function outcome(path: string, protocol: string, bytes: number): Promise<number | 'open'> {
  const socket = new WebSocket(relay.url.replace('http', 'ws') + path, protocol);
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const answered = new Promise<'open'>((resolve) => socket.once('pong', () => resolve('open')));
  socket.send('x'.repeat(bytes));
  socket.ping();
  const result = await Promise.race([closed, answered]);
  socket.terminate();
  return result;
}

describe('how large a message may be', () => {
  it.each([
    ['/v1/earshot', SUBPROTOCOL, LIMITS.maxPayloadBytes],
    ['/v1/realtime', 'realtime', 16 * 1024 * 1024],
  ])('%s: so much and not a byte more', async (path, protocol, bytes) => {
    expect([await outcome(path, protocol, bytes), await outcome(path, protocol, bytes + 1)]).toEqual(['open', 1009]);
  });

  it('is decided by the path alone, not by what stands behind it', async () => {
    const bytes = LIMITS.maxPayloadBytes + 1;
    expect(await outcome('/voice?x=/v1/realtime', 'realtime', bytes)).toBe(1009);
    expect(await outcome('/v1/realtime?x=/v1/earshot', 'realtime', bytes)).toBe('open');
  });
});

describe('what has come in over a socket', () => {
  it.each(['/v1/earshot', '/v1/realtime'])('%s: is counted while a message is still on its way', async (path) => {
    const sockets = createSocketServer();
    const accepted: WebSocket[] = [];
    const server = createServer();
    server.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (client) => accepted.push(client)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    await until(() => accepted.length === 1);
    let messages = 0;
    for (const client of accepted) client.on('message', () => messages++);
    const bytesRead = () => accepted.reduce((sum, client) => sum + bytesReadOf(client), 0);
    const before = bytesRead();
    peer.send('x'.repeat(10_000), { fin: false });
    await until(() => bytesRead() >= before + 10_000);
    expect(messages).toBe(0);
    peer.terminate();
    server.close();
  });
});
