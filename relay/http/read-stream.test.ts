import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startSpeechRelay, until, type SpeechRelay } from './testing/speech-relay.ts';

let relay: SpeechRelay;
let listeners: Listener[];

/** A client of the read-aloud socket, saying exactly what a test tells it to. */
class Listener {
  readonly socket: WebSocket;
  readonly replies: Record<string, unknown>[] = [];
  audioBytes = 0;
  closed: number | undefined;

  constructor(headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${relay.url.replace('http', 'ws')}/read/stream`, { headers });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.audioBytes += data.length;
      else this.replies.push(JSON.parse(data.toString()) as Record<string, unknown>);
    });
    this.socket.on('close', (code) => (this.closed = code));
    this.socket.on('error', () => {});
    listeners.push(this);
  }

  async say(message: object | string): Promise<void> {
    await until(() => this.socket.readyState === WebSocket.OPEN);
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  get types(): unknown[] {
    return this.replies.map(({ type }) => type);
  }

  async heard(...types: string[]): Promise<void> {
    await until(() => this.replies.length >= types.length);
    expect(this.types).toEqual(types);
  }
}

beforeEach(async () => {
  relay = await startSpeechRelay();
  listeners = [];
});
afterEach(async () => {
  for (const { socket } of listeners) socket.terminate();
  await relay.stop();
});

describe('WS /read/stream', () => {
  it('reads a text to its end', async () => {
    const listener = new Listener();
    await listener.say({ type: 'start', text: 'One is here now. Two comes after it.', voice: 'Ada', speed: 2 });
    await listener.heard('started', 'complete');
    expect(listener.replies[0]).toEqual({ type: 'started', format: 'pcm16', sampleRateHz: 24_000, passages: 2 });
    const durationMs = listener.replies[1]!['durationMs'] as number;
    expect(listener.audioBytes).toBe(durationMs * 48);
    expect(durationMs).toBe(relay.synthesiser.texts.join('').length * 10);
    expect(relay.synthesiser.asked[1]?.request).toMatchObject({ voice: 'Ada', speed: 2 });
  });

  it('pauses and resumes', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(100);
    const listener = new Listener();
    await listener.say({ type: 'start', text: 'One.' });
    await until(() => listener.audioBytes === 4_800);
    await listener.say({ type: 'pause' });
    await listener.heard('started', 'paused');
    for (let i = 0; i < 10; i++) relay.synthesiser.asked[0]!.audio(100);
    await new Promise((resolve) => setTimeout(resolve, 60));
    // The one that was being waited for was taken, nothing after it, and nothing was sent.
    expect([relay.synthesiser.asked[0]!.taken, listener.audioBytes]).toEqual([2, 4_800]);
    await listener.say({ type: 'resume' });
    relay.synthesiser.asked[0]!.end();
    await listener.heard('started', 'paused', 'resumed', 'complete');
    expect(listener.audioBytes).toBe(11 * 4_800);
  });

  it('cancels at once, and reads another text after it', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(100);
    const listener = new Listener();
    await listener.say({ type: 'start', text: 'One.' });
    await until(() => listener.audioBytes > 0);
    await listener.say({ type: 'cancel' });
    await listener.heard('started', 'cancelled');
    expect(relay.synthesiser.asked[0]!.isLeft).toBe(true);
    relay.synthesiser.onRequest = (speech) => speech.audio(50).end();
    await listener.say({ type: 'start', text: 'Two.' });
    await listener.heard('started', 'cancelled', 'started', 'complete');
  });

  it('answers a ping, and refuses what cannot be meant', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(100);
    const listener = new Listener();
    for (const type of ['ping', 'pause', 'start', 'start']) {
      await listener.say(type === 'start' ? { type, text: 'One.' } : { type });
    }
    await listener.heard('pong', 'error', 'started', 'error');
    expect([listener.replies[1]!['code'], listener.replies[3]!['code']]).toEqual(['not-reading', 'already-reading']);
  });

  it.each([
    ...['', 'hello', '[]', 'null', '7', '{}', '{"type":"stop"}', '{"type":"start"}', '{"type":"start","text":""}'],
    ...['{"type":"start","text":"a","speed":9}', '{"type":"pause","extra":1}', '{"type":["start"],"text":"a"}'],
    `{"type":"start","text":"${'a'.repeat(60_000)}"}`,
  ])('answers a faulty message and goes on: %.40s', async (message) => {
    const listener = new Listener();
    await listener.say(message);
    await listener.say({ type: 'ping' });
    await listener.heard('error', 'pong');
    expect(listener.replies[0]).toMatchObject({ code: 'message-invalid', retry: 'never' });
    expect(relay.synthesiser.asked).toHaveLength(0);
  });

  it('sends away who only sends rubbish', async () => {
    const listener = new Listener();
    for (let i = 0; i < 20; i++) await listener.say(Buffer.from([1]).toString());
    await until(() => listener.closed !== undefined);
    expect(listener.closed).toBe(1008);
  });

  it('closes on a message beyond all bounds', async () => {
    const listener = new Listener();
    await listener.say('x'.repeat(300_000));
    await until(() => listener.closed !== undefined);
    expect(listener.closed).toBe(1009);
  });

  it('tells when the server fails, in words and with what to do about it', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(50).fail('upstream-busy', 700);
    const listener = new Listener();
    await listener.say({ type: 'start', text: 'One.' });
    await listener.heard('started', 'error');
    expect(listener.replies[1]).toEqual({
      ...{ type: 'error', code: 'upstream-busy', retry: 'later', retryAfterMs: 700 },
      detail: 'the speech server is busy; try again in a moment',
    });
  });

  it.each(['terminate', 'close'] as const)('leaves the server at once when the socket is gone: %s', async (how) => {
    relay.synthesiser.onRequest = (speech) => speech.audio(100);
    const listener = new Listener();
    await listener.say({ type: 'start', text: 'One.' });
    await until(() => listener.audioBytes > 0);
    const leftAtMs = performance.now();
    listener.socket[how]();
    await until(() => relay.synthesiser.asked[0]!.isLeft);
    expect(performance.now() - leftAtMs).toBeLessThan(100);
    await until(async () => (await relay.metric('voice_gateway_active_streams{kind="read"}')) === 0);
  });

  it('is for our own pages, and for WebSocket', async () => {
    const foreign = new Listener({ origin: 'http://evil.example' });
    await until(() => foreign.closed !== undefined);
    expect(foreign.closed).toBe(1006);
    expect((await fetch(`${relay.url}/read/stream`)).status).toBe(426);
  });
});
