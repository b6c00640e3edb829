import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeClient, LIMITS, parseClient, parseServer, type ClientMessage } from '#protocol';

const RUNS = 20_000;
const id = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const count = fc.integer({ min: 0, max: 0xffff_ffff });
const attempt = fc.integer({ min: 1, max: LIMITS.maxAttempts });
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const settings = fc.record(
  {
    systemPrompt: text,
    voice: fc.stringMatching(/^[A-Za-z ._-]{1,64}$/),
    maxTokens: fc.integer({ min: 1, max: 8192 }),
  },
  { requiredKeys: [] },
);
const hello = fc.record(
  {
    type: fc.constant('hello' as const),
    version: count,
    ticket: fc.string({ maxLength: 128 }),
    conversation: id,
    fence: count,
    settings,
    history: fc.array(fc.record({ utterance: id, user: text, assistant: text }, { requiredKeys: ['utterance'] }), {
      maxLength: 8,
    }),
    open: fc.array(fc.record({ utterance: id, attempt: fc.integer({ min: 0, max: 255 }), received: count }), {
      maxLength: 4,
    }),
  },
  { requiredKeys: ['type', 'version', 'conversation', 'fence', 'settings', 'history', 'open'] },
);
const message: fc.Arbitrary<ClientMessage> = fc.oneof(
  hello,
  fc.record({
    type: fc.constant('begin' as const),
    utterance: id,
    handle: fc.integer({ min: 0, max: 0xffff }),
    role: fc.constantFrom('turn' as const, 'history' as const),
  }),
  fc.record({
    type: fc.constant('commit' as const),
    utterance: id,
    frames: count,
    bytes: count,
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
    after: fc.integer({ min: 0, max: 255 }),
  }),
  fc.record({ type: fc.constant('cancel' as const), utterance: id, attempt, heardSample: count }),
  fc.record({ type: fc.constant('played' as const), utterance: id, attempt, sample: count }),
  fc.record({
    type: fc.constant('ping' as const),
    t: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((t) => !Object.is(t, -0)),
  }),
);

const kindOf = (json: string) => {
  const parsed = parseClient(json);
  return parsed.kind === 'faulty' ? parsed.code : parsed.kind;
};
const commit = (changes: object) =>
  JSON.stringify({ type: 'commit', utterance: 'u', frames: 1, bytes: 2, sha256: 'a'.repeat(64), after: 0, ...changes });
const helloWith = (changes: object) =>
  JSON.stringify({
    type: 'hello',
    version: 1,
    conversation: 'c',
    fence: 0,
    settings: {},
    history: [],
    open: [],
    ...changes,
  });
const padded = (length: number) => {
  const frame = JSON.stringify({ type: 'ping', t: 1, pad: '' });
  return frame.replace('"pad":""', `"pad":"${'x'.repeat(length - frame.length)}"`);
};
const nested = (depth: number) => `{"type":"ping","t":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const turn = { utterance: 'u' };

describe('parsing messages', { timeout: 60_000 }, () => {
  it('gives back every message it encodes', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const parsed = parseClient(encodeClient(sent));
        expect(parsed).toEqual({ kind: 'message', message: sent });
      }),
      { numRuns: RUNS },
    );
  });

  it('never throws, whatever the text', () => {
    const mutated = fc.tuple(message, fc.nat(), fc.string({ maxLength: 3 })).map(([sent, at, junk]) => {
      const json = encodeClient(sent);
      const cut = at % json.length;
      return json.slice(0, cut) + junk + json.slice(cut + 1);
    });
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), mutated);
    fc.assert(
      fc.property(anything, (json) => {
        expect(['message', 'unknown', 'faulty']).toContain(parseClient(json).kind);
        expect(['message', 'unknown', 'faulty']).toContain(parseServer(json).kind);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    ['size', padded(LIMITS.maxJsonBytes), padded(LIMITS.maxJsonBytes + 1), 'json-too-large'],
    ['depth', nested(LIMITS.maxJsonDepth), nested(LIMITS.maxJsonDepth + 1), 'json-too-deep'],
    ['keys', keys(LIMITS.maxJsonKeys), keys(LIMITS.maxJsonKeys + 1), 'json-too-deep'],
    [
      'history',
      helloWith({ history: Array(200).fill(turn) }),
      helloWith({ history: Array(201).fill(turn) }),
      'message-invalid',
    ],
    ['open utterances', helloWith({ open: open(4) }), helloWith({ open: open(5) }), 'message-invalid'],
    ['attempts', commit({ after: 255 }), commit({ after: 256 }), 'message-invalid'],
    ['counts', commit({ frames: 0xffff_ffff }), commit({ frames: 0x1_0000_0000 }), 'message-invalid'],
    [
      'prompt',
      helloWith({ settings: { systemPrompt: 'x'.repeat(8000) } }),
      helloWith({ settings: { systemPrompt: 'x'.repeat(8001) } }),
      'message-invalid',
    ],
    ['ids', commit({ utterance: 'u'.repeat(64) }), commit({ utterance: 'u'.repeat(65) }), 'message-invalid'],
  ])('accepts the limit of %s and refuses one more', (_name, atLimit, beyond, code) => {
    expect(kindOf(atLimit)).toBe('message');
    expect(kindOf(beyond)).toBe(code);
  });

  it.each([
    ['no type', '{}', 'message-invalid'],
    ['an array', '[]', 'message-invalid'],
    ['null', 'null', 'message-invalid'],
    ['a type of another kind', '{"type":1}', 'message-invalid'],
    ['a type from the prototype', '{"type":"constructor"}', 'unknown'],
    ['__proto__ as a type', '{"type":"__proto__"}', 'unknown'],
    ['a type of tomorrow', '{"type":"video","frames":3}', 'unknown'],
    ['empty text', '', 'json-malformed'],
    ['a byte order mark', '\ufeff{"type":"ping","t":1}', 'json-malformed'],
    ['NaN', '{"type":"ping","t":NaN}', 'json-malformed'],
    ['infinity by overflow', '{"type":"played","utterance":"u","attempt":1,"sample":1e400}', 'message-invalid'],
    ['a fraction', commit({ frames: 1.5 }), 'message-invalid'],
    ['a negative count', commit({ bytes: -1 }), 'message-invalid'],
    ['an upper-case hash', commit({ sha256: 'A'.repeat(64) }), 'message-invalid'],
    ['an id with a line break', commit({ utterance: 'u\n' }), 'message-invalid'],
    ['an id with a slash', commit({ utterance: '../u' }), 'message-invalid'],
    ['a missing field', '{"type":"begin","utterance":"u","handle":1}', 'message-invalid'],
    ['two equal keys, the last one counting', '{"type":"video","type":"ping","t":1}', 'message'],
    ['a field of tomorrow', '{"type":"ping","t":1,"__proto__":{"x":1},"new":true}', 'message'],
  ])('judges %s', (_name, json, verdict) => {
    expect(kindOf(json)).toBe(verdict);
  });

  it('says where a message is wrong, never what it held', () => {
    const parsed = parseClient(helloWith({ history: [{ utterance: 'u', user: 42, assistant: 'my secret' }] }));
    expect(parsed).toEqual({ kind: 'faulty', code: 'message-invalid', detail: 'hello: history.0.user' });
  });

  it('keeps no inherited property of a hostile object', () => {
    const parsed = parseClient('{"type":"ping","t":1,"__proto__":{"polluted":true}}');
    expect(parsed).toEqual({ kind: 'message', message: { type: 'ping', t: 1 } });
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['a million brackets', '['.repeat(1_000_000)],
    ['brackets up to the limit', '['.repeat(LIMITS.maxJsonBytes / 2) + ']'.repeat(LIMITS.maxJsonBytes / 2)],
    ['ten thousand keys', keys(5_000)],
    ['a million keys', keys(1_000_000)],
    ['a long list', `[${'0,'.repeat(32_000)}0]`],
    ['many small objects', `[${'{},'.repeat(20_000)}{}]`],
  ])('answers %s within 20 ms', (_name, json) => {
    // The best of five: a busy machine may take the processor away at any moment, but not each time.
    const tookMs = Array.from({ length: 5 }, () => {
      const startMs = performance.now();
      expect(parseClient(json).kind).toBe('faulty');
      return performance.now() - startMs;
    });
    expect(Math.min(...tookMs)).toBeLessThan(20);
  });
});

/** A ping of `n` keys in all. */
function keys(n: number): string {
  const more = Array.from({ length: n - 2 }, (_, i) => `"k${i}":0`);
  return `{${['"type":"ping"', '"t":1', ...more].join(',')}}`;
}

function open(n: number): object[] {
  return Array.from({ length: n }, (_, i) => ({ utterance: `u${i}`, attempt: 0, received: 0 }));
}
