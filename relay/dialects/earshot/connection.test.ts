import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE, encodeAudio, ERRORS, LIMITS, type ErrorCode } from '#protocol';
import { settle, Speaker, hello } from '../../session/testing/speaker.ts';
import { Caller, getTicket } from './testing/caller.ts';
import { startRelay, type TestRelay } from './testing/relay.ts';

let relay: TestRelay;
beforeEach(async () => {
  relay = await startRelay();
});
afterEach(() => relay.stop());

const frame = (changes: object = {}) =>
  encodeAudio({ kind: 1, attempt: 0, handle: 1, sequence: 0, sample: 0, pcm: new Uint8Array(1024), ...changes });
const json = (message: object) => JSON.stringify(message);
const nested = `{"type":"ping","t":1,"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
const manyKeys = `{"type":"ping","t":1,${Array.from({ length: 4_000 }, (_, i) => `"k${i}":0`).join(',')}}`;
const speaker = new Speaker('u1', 1);

/** Another call on the same relay is still answered, whole. */
async function expectOthersUnharmed(): Promise<void> {
  const other = await Caller.connect(relay.url, { conversation: 'other' });
  other.say(new Speaker('o1', 5));
  expect(await other.next('final')).toMatchObject({ count: 5, samples: 4800 });
  expect(other.frames.reduce((sum, { pcm }) => sum + pcm.length / 2, 0)).toBe(4800);
  other.cut();
}

describe('a call over a real socket', { timeout: 30_000 }, () => {
  it('is answered', async () => {
    const caller = await Caller.connect(relay.url);
    caller.say(speaker);
    expect(await caller.next('accepted')).toMatchObject({ utterance: 'u1', attempt: 1 });
    expect(await caller.next('final')).toMatchObject({ count: 5, samples: 4800 });
    expect(Buffer.from(relay.upstream.last.spoken).equals(speaker.pcm)).toBe(true);
    expect(caller.all('error')).toEqual([]);
    caller.cut();
  });

  it('answers pings with what they carried', async () => {
    const caller = await Caller.connect(relay.url);
    caller.send({ type: 'ping', t: 12.5 });
    expect(await caller.next('pong')).toEqual({ type: 'pong', t: 12.5 });
    caller.cut();
  });
});

describe('a bad message is answered by its error and by nothing else', { timeout: 30_000 }, () => {
  const cases: [string, string | Uint8Array, ErrorCode][] = [
    ['no JSON', 'hello?', 'json-malformed'],
    ['an empty message', '', 'json-malformed'],
    ['half a message', '{"type":"ping"', 'json-malformed'],
    [
      'a message one byte too long',
      json({ type: 'ping', t: 1, x: 'x'.repeat(LIMITS.maxJsonBytes - 27) }),
      'json-too-large',
    ],
    ['too many bytes in few characters', json({ type: 'ping', t: 1, x: '水'.repeat(30_000) }), 'json-too-large'],
    ['thirty thousand brackets', nested, 'json-too-deep'],
    ['four thousand keys', manyKeys, 'json-too-deep'],
    ['null', 'null', 'message-invalid'],
    ['a list', '[]', 'message-invalid'],
    ['no type', '{"t":1}', 'message-invalid'],
    ['a wrong field', json({ type: 'ping', t: '1' }), 'message-invalid'],
    ['an id with a path', json({ type: 'discard', utterance: '../../etc/passwd' }), 'message-invalid'],
    ['a message of the relay', json({ type: 'pong', t: 1 }), 'unknown-type'],
    ['a type of tomorrow', json({ type: 'video' }), 'unknown-type'],
    ['__proto__ as a type', '{"type":"__proto__"}', 'unknown-type'],
    ['a second hello', json(hello()), 'not-ready'],
    ['an empty frame', new Uint8Array(), 'audio-malformed'],
    ['half a header', new Uint8Array(7), 'audio-malformed'],
    ['half a sample', frame().subarray(0, 1035), 'audio-malformed'],
    ['a frame of an unknown kind', frame({ kind: 9 }), 'audio-malformed'],
    ['answer audio', frame({ kind: 2 }), 'audio-malformed'],
    ['a frame one sample too long', frame({ pcm: new Uint8Array(LIMITS.maxBinaryBytes - 10) }), 'audio-too-large'],
    ['a frame nobody began', frame({ handle: 77 }), 'unknown-handle'],
    ['a commit nobody began', json(speaker.commit()), 'unknown-utterance'],
    ['a reopen nobody began', json({ type: 'reopen', utterance: 'x' }), 'unknown-utterance'],
    ['history the relay was not told of', json(speaker.begin('history')), 'unknown-utterance'],
  ];

  it.each(cases)('%s', async (_name, message, code) => {
    const caller = await Caller.connect(relay.url);
    caller.socket.send(message);
    expect(await caller.next('error')).toMatchObject({ code, retry: ERRORS[code] });
    caller.say(speaker);
    await caller.next('final');
    expect(caller.all('error')).toHaveLength(1);
    await expectOthersUnharmed();
    caller.cut();
  });

  it('and a frame of exactly the limit is taken', async () => {
    const caller = await Caller.connect(relay.url);
    caller.send(speaker.begin());
    caller.socket.send(frame({ pcm: new Uint8Array(LIMITS.maxBinaryBytes - 12) }));
    caller.send({ type: 'ping', t: 1 });
    await caller.next('pong');
    expect(caller.all('error')).toEqual([]);
    caller.cut();
  });

  it('tells an unknown type once and never counts it', async () => {
    const caller = await Caller.connect(relay.url);
    for (let i = 0; i < 100; i++) caller.socket.send(json({ type: 'video', i }));
    caller.send({ type: 'ping', t: 1 });
    await caller.next('pong');
    expect(caller.all('error')).toHaveLength(1);
    caller.cut();
  });

  it('closes a connection that keeps at it, and only that one', async () => {
    const caller = await Caller.connect(relay.url);
    for (let i = 0; i < LIMITS.maxFaults; i++) caller.socket.send('?');
    caller.send({ type: 'ping', t: 1 });
    await caller.next('pong');
    caller.socket.send('?');
    expect(await caller.closeCode()).toBe(CLOSE.badRequest);
    expect(caller.all('error').at(-1)?.code).toBe('too-many-faults');
    await expectOthersUnharmed();
  });

  it.each([
    ['a message larger than the socket takes', new Uint8Array(LIMITS.maxPayloadBytes + 1), 1009],
    ['text that is no UTF-8', 'utf8', 1007],
    ['more fragments than allowed', 'fragments', 1008],
  ])('%s ends its own connection', async (_name, what, code) => {
    const caller = await Caller.connect(relay.url);
    if (typeof what !== 'string') caller.socket.send(what);
    else if (what === 'utf8') caller.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    else for (let i = 0; i <= LIMITS.maxFragments; i++) caller.socket.send('x', { fin: false });
    expect(await caller.closeCode()).toBe(code);
    await expectOthersUnharmed();
  });

  it('survives 100 000 frames of noise, each one read', async () => {
    await relay.stop();
    relay = await startRelay({ budgets: { ...LIMITS, maxFaults: Infinity, maxOutboundBytes: Infinity } });
    const noise = (i: number) => {
      // Text stays within ASCII: broken UTF-8 would end the connection, which is tested above.
      const mask = i % 3 > 0 ? 0xff : 0x7f;
      const bytes = new Uint8Array((i * 7919) % 61);
      for (let at = 0; at < bytes.length; at++) bytes[at] = ((i * 2654435761 + at * 40503) >>> 13) & mask;
      // Every other frame gets past the header and names one of a few handles.
      if (mask === 0xff && i % 2 && bytes.length > 12) bytes.set([1, 0, i % 5, 0]);
      return bytes;
    };
    const caller = await Caller.connect(relay.url);
    caller.send(new Speaker('u2', 2).begin());
    for (let i = 0; i < 100_000; i++) caller.socket.send(noise(i), { binary: i % 3 > 0 });
    caller.send({ type: 'ping', t: 1 });
    await caller.next('pong');
    expect(caller.all('error').length).toBeGreaterThan(50_000);
    caller.say(speaker);
    await caller.next('final');
    await expectOthersUnharmed();
    caller.cut();
  }, 60_000);
});

describe('who may speak', { timeout: 30_000 }, () => {
  it('is nobody before the hello', async () => {
    const caller = new Caller(relay.url);
    await caller.until(() => caller.socket.readyState === 1);
    caller.send({ type: 'ping', t: 1 });
    caller.socket.send(frame());
    await caller.next('error', 2);
    expect(caller.all('error').map(({ code }) => code)).toEqual(['not-ready', 'not-ready']);
    expect(caller.all('pong')).toEqual([]);
    caller.cut();
  });

  it.each([
    ['no ticket', { ticket: undefined }, 'ticket-missing', CLOSE.unauthorised],
    ['an invented ticket', { ticket: 'x'.repeat(43) }, 'ticket-refused', CLOSE.ticketExpired],
    ['another version', { version: 2 }, 'version-unknown', CLOSE.version],
  ])('is nobody with %s', async (_name, changes, code, close) => {
    const caller = new Caller(relay.url);
    const ticket = await getTicket(relay.url);
    await caller.until(() => caller.socket.readyState === 1);
    caller.socket.send(json({ ...hello({ ticket }), ...changes }));
    expect(await caller.closeCode()).toBe(close);
    expect(caller.all('error').map((error) => error.code)).toEqual([code]);
  });

  it('is exactly one of two that show the same ticket at once, 30 times over', async () => {
    for (let i = 0; i < 30; i++) {
      const ticket = await getTicket(relay.url);
      const callers = [new Caller(relay.url), new Caller(relay.url)];
      await Promise.all(callers.map((caller, n) => caller.greet({ ticket, conversation: `c${i}.${n}` })));
      const outcomes = callers.map((caller) =>
        caller.until(() => caller.closed !== undefined || caller.all('welcome').length > 0),
      );
      await Promise.all(outcomes);
      expect(callers.map((caller) => caller.closed ?? 0).sort()).toEqual([0, CLOSE.ticketExpired]);
      for (const caller of callers) caller.cut();
    }
  });

  it.each(['http://evil.example', 'null', 'http://localhost.evil.example'])('is no page of %s', async (origin) => {
    const caller = new Caller(relay.url, { origin });
    const status = await new Promise((resolve) => {
      caller.socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    expect(status).toBe(403);
    caller.cut();
  });

  it("is a page of ours with the ticket it was given, and not with another page's", async () => {
    const origin = relay.url;
    for (const [owner, code] of [
      [{ origin }, undefined],
      [{}, CLOSE.ticketExpired],
    ] as const) {
      const ticket = await getTicket(relay.url, owner);
      const caller = new Caller(relay.url, { origin });
      await caller.greet({ ticket });
      await caller.until(() => caller.closed !== undefined || caller.all('welcome').length > 0);
      expect(caller.closed).toBe(code);
      caller.cut();
    }
  });

  it('is the tab with the higher fence', async () => {
    const first = await Caller.connect(relay.url, { fence: 1 });
    const second = await Caller.connect(relay.url, { fence: 2 });
    expect(await first.closeCode()).toBe(CLOSE.superseded);
    const late = new Caller(relay.url);
    await late.greet({ fence: 1 });
    expect(await late.closeCode()).toBe(CLOSE.superseded);
    second.say(speaker);
    await second.next('final');
    second.cut();
  });
});

describe('a silent peer', { timeout: 30_000 }, () => {
  it('that never says hello is closed, whether or not it reads', async () => {
    await relay.stop();
    relay = await startRelay({ budgets: { ...LIMITS, helloTimeoutMs: 100 } });
    const caller = new Caller(relay.url);
    expect(await caller.closeCode()).toBe(CLOSE.pingTimeout);
    expect(caller.all('error').map(({ code }) => code)).toEqual(['hello-late']);
  });

  it('that stops sending is closed, its conversation kept', async () => {
    await relay.stop();
    // The grace is five seconds; a negative budget brings the whole wait down to a fifth of one.
    relay = await startRelay({ budgets: { ...LIMITS, pingIdleMs: -2_400 } });
    const caller = await Caller.connect(relay.url);
    expect(await caller.closeCode()).toBe(CLOSE.pingTimeout);
    expect(relay.app.registry.size).toBe(1);
  });
});

describe('a reader that does not keep up', { timeout: 30_000 }, () => {
  it('is closed at the cap while the others go on, and finds its answer again', async () => {
    await relay.stop();
    relay = await startRelay({
      budgets: { ...LIMITS, creditMs: 1e9, maxOutboundBytes: 256 * 1024, maxReplyBufferBytes: 1e8 },
    });
    relay.upstream.onRequest = (answer) => {
      for (let i = 0; i < 600; i++) answer.audio(1_000);
      answer.end();
    };
    const slow = await Caller.connect(relay.url, { conversation: 'slow' });
    slow.say(speaker);
    await slow.next('accepted');
    slow.socket.pause();
    // 28 MB: far more than the kernel takes on its own. The relay's end of the socket is given up, not queued for ever.
    await waitUntil(() => relay.upstream.last.taken === 600);
    relay.upstream.onRequest = (answer) => answer.text('Noon.').audio(200).end();
    await expectOthersUnharmed();
    slow.socket.resume();
    const code = await slow.closeCode();
    // Whether the close frame still gets through the full pipe is the kernel's business.
    expect([CLOSE.slow, 1006]).toContain(code);
    const back = await Caller.connect(relay.url, {
      conversation: 'slow',
      open: [{ utterance: 'u1', attempt: 1, received: 5_990 }],
    });
    expect(back.all('welcome')[0]?.turns).toEqual({ u1: { state: 'done', frames: 10, attempt: 1 } });
    back.send(speaker.begin());
    expect(await back.next('final')).toMatchObject({ count: 6_002, samples: 600 * 24_000 });
    back.cut();
  }, 30_000);
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await settle();
}
