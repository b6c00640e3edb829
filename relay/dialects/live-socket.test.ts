import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { LIMITS } from '#protocol';
import { noteCarrier } from './bytes-read.ts';
import { LiveSocket } from './live-socket.ts';
import { SocketDouble } from './testing/socket-double.ts';

let peer: SocketDouble;
let clock: VirtualClock;
let closed: number;
let onText: (text: string) => boolean;
beforeEach(() => {
  peer = new SocketDouble();
  clock = new VirtualClock();
  closed = 0;
  onText = () => true;
});

const open = () =>
  new LiveSocket(peer.socket, {
    ...{ clock, logger: silentLogger, onClose: () => closed++ },
    onText: (text) => onText(text),
    onBytes: () => {},
  });

describe('a live socket', () => {
  it('holds whoever has much to say until the network has taken what was said', async () => {
    const socket = open();
    socket.sendBytes(new Uint8Array(10));
    expect(socket.drained()).toBeUndefined();
    peer.bufferedAmount = 300_000;
    socket.sendBytes(new Uint8Array(10));
    let hasDrained = false;
    void socket.drained()?.then(() => (hasDrained = true));
    await Promise.resolve();
    expect(hasDrained).toBe(false);
    peer.drain();
    await Promise.resolve();
    expect(hasDrained).toBe(true);
  });

  it('lets go whoever waits when it is closed, and is closed once', async () => {
    const socket = open();
    peer.bufferedAmount = 300_000;
    const drained = socket.drained();
    peer.terminate();
    socket.close(1000, '');
    await drained;
    expect(closed).toBe(1);
  });

  it('ends with a peer that is gone without a word, and not with a silent one', () => {
    open();
    clock.advance(10 * LIMITS.pingIdleMs);
    expect(peer.closed).toBeUndefined();
    peer.isGone = true;
    clock.advance(2 * LIMITS.pingIdleMs);
    expect([peer.closed?.code, closed]).toEqual([1006, 1]);
  });

  it('ends with a peer that asks and asks, and never reads', () => {
    const socket = open();
    peer.isStalled = true;
    const pong = 'pong'.repeat(1_000);
    let count = 0;
    while (!peer.closed && count < 10_000) socket.sendText((count++, pong));
    expect(peer.closed?.code).toBe(1006);
    expect(count * pong.length).toBeLessThan(1.01 * LIMITS.maxReplyBufferBytes);
  });

  it('bears with a slow peer for one long answer, and for what is little beside it', () => {
    const socket = open();
    peer.isStalled = true;
    socket.sendText('a'.repeat(2 * LIMITS.maxReplyBufferBytes));
    for (let n = 0; n < 100; n++) socket.sendText('and so on');
    expect(peer.closed).toBeUndefined();
    socket.sendText('b'.repeat(2 * LIMITS.maxReplyBufferBytes));
    socket.sendText('and so on');
    expect(peer.closed?.code).toBe(1006);
  });

  it('judges a greeting in many texts as one', () => {
    const socket = open();
    peer.isStalled = true;
    socket.sendTogether(() => {
      for (let n = 0; n < 20; n++) socket.sendText('a'.repeat(LIMITS.maxReplyBufferBytes / 10));
    });
    socket.sendText('and so on');
    expect(peer.closed).toBeUndefined();
    peer.drain();
    peer.isStalled = true;
    for (let n = 0; n < 14; n++) socket.sendText('a'.repeat(LIMITS.maxReplyBufferBytes / 10));
    expect(peer.closed?.code).toBe(1006);
  });

  it('waits for a long message for as long as some of it arrives', () => {
    const carrier = { bytesRead: 0 };
    noteCarrier(peer.socket, carrier);
    open();
    peer.isGone = true;
    for (let n = 0; n < 10; n++) {
      carrier.bytesRead += 10_000;
      clock.advance(LIMITS.pingIdleMs);
    }
    expect(peer.closed).toBeUndefined();
    clock.advance(2 * LIMITS.pingIdleMs);
    expect(peer.closed?.code).toBe(1006);
  });

  it('is closed by a bug of ours alone, and says nothing after it', () => {
    const socket = open();
    onText = () => {
      throw new Error('a bug');
    };
    peer.hear('hello');
    expect(peer.closed?.code).toBe(1011);
    socket.sendText('more');
    socket.sendBytes(new Uint8Array(2));
  });
});
