import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSpeechRelay, until, type SpeechRelay } from './testing/speech-relay.ts';

const TEXT = 'The first sentence is here. The second sentence follows. The third one is the last.';
let relay: SpeechRelay;

beforeEach(async () => {
  relay = await startSpeechRelay();
});
afterEach(() => relay.stop());

describe('POST /read', () => {
  it('is a WAV of the whole text', async () => {
    const response = await relay.post('/read', { text: TEXT, voice: 'Ada', language: 'en', speed: 1.25 });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    const wav = Buffer.from(await response.arrayBuffer());
    expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([1, 24_000, 16]);
    const letters = relay.synthesiser.texts.join('').length;
    expect(wav.length - 44).toBe(letters * 10 * 48);
    expect(relay.synthesiser.asked[0]?.request).toMatchObject({ voice: 'Ada', language: 'en', speed: 1.25 });
  });

  it('sends the first sound while the rest is still to be made', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(100);
    const response = await relay.post('/read', { text: TEXT });
    const reader = response.body!.getReader();
    expect((await reader.read()).value?.length).toBe(44 + 4_800);
    expect(relay.synthesiser.asked).toHaveLength(1);
    relay.synthesiser.onRequest = (speech) => speech.audio(100).end();
    relay.synthesiser.asked[0]!.end();
    let rest = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += value.length;
    }
    expect(rest).toBe(9_600);
  });

  it.each([
    ['an empty text', { text: '' }],
    ['nothing to say', { text: ' ... \n — ' }],
    ['no text', {}],
    ['a number for a text', { text: 5 }],
    ['a long text', { text: 'a'.repeat(50_001) }],
    ['a voice of control characters', { text: 'a', voice: 'x\r\ny' }],
    ['an odd language', { text: 'a', language: '../etc' }],
    ['speed 0', { text: 'a', speed: 0 }],
    ['speed 5', { text: 'a', speed: 5 }],
    ['a speed in words', { text: 'a', speed: '1' }],
    ['a field nobody knows', { text: 'a', pitch: 2 }],
    ['a list', ['a']],
    ['null', null],
    ['something that is no JSON', '{"text": '],
    ['nothing', ''],
    ['a deep document', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['a number beyond all bounds', '{"text":"a","speed":1e999}'],
    ['a prototype', '{"text":"a","__proto__":{"speed":2},"constructor":1}'],
  ])('refuses %s, and says where it is wrong but not what was there', async (_, body) => {
    const response = await relay.post('/read', body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    expect(code).toBe('body-invalid');
    expect(detail).not.toContain('etc');
    expect(relay.synthesiser.asked).toHaveLength(0);
  });

  it('refuses other media types, larger bodies and other sites', async () => {
    const asText = await relay.post('/read', 'text=a', { headers: { 'content-type': 'text/plain' } });
    expect(await asText.json()).toMatchObject({ status: 415, code: 'media-unsupported' });
    const large = await relay.post('/read', { text: 'a'.repeat(300_000) });
    expect(await large.json()).toMatchObject({ status: 413, code: 'body-too-large' });
    const foreign = await relay.post('/read', { text: 'a' }, { headers: { origin: 'http://evil.example' } });
    expect(foreign.status).toBe(403);
  });

  it.each([
    ['upstream-unreachable', 503],
    ['upstream-silent', 504],
    ['upstream-busy', 503],
    ['upstream-rejected', 422],
    ['upstream-unauthorised', 502],
    ['upstream-faulty', 502],
  ] as const)('says when the server fails before a sound: %s', async (kind, status) => {
    relay.synthesiser.onRequest = (speech) => speech.fail(kind, 1_500);
    const response = await relay.post('/read', { text: TEXT });
    expect(await response.json()).toMatchObject({
      status,
      code: kind,
      detail: expect.stringContaining('speech server'),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '2']);
  });

  it('breaks off when the server fails in the middle, so that half a text is not taken for all of it', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(100).fail('upstream-died');
    const response = await relay.post('/read', { text: TEXT });
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it('answers a bug with 500 and goes on', async () => {
    relay.synthesiser.onRequest = () => {
      throw new Error('a bug');
    };
    expect((await relay.post('/read', { text: 'a' })).status).toBe(500);
    relay.synthesiser.onRequest = (speech) => speech.audio(10).end();
    expect((await relay.post('/read', { text: 'a' })).status).toBe(200);
    expect(await relay.metric('voice_gateway_active_streams{kind="read"}')).toBe(0);
  });

  it.each(['before the first sound', 'after it'])('leaves the server at once when the client goes %s', async (when) => {
    relay.synthesiser.onRequest = (speech) => (when === 'after it' ? speech.audio(100) : undefined);
    const socket = connect(relay.port, '127.0.0.1');
    const body = JSON.stringify({ text: TEXT });
    socket.write(
      `POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => relay.synthesiser.asked.length === 1);
    if (when === 'after it') await new Promise((resolve) => socket.once('data', resolve));
    const leftAtMs = performance.now();
    socket.destroy();
    await until(() => relay.synthesiser.asked[0]!.isLeft);
    expect(performance.now() - leftAtMs).toBeLessThan(100);
    expect(relay.synthesiser.asked[0]!.signal.aborted).toBe(true);
    await until(async () => (await relay.metric('voice_gateway_active_streams{kind="read"}')) === 0);
  });

  it('reads 32 texts at once and not more', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(10);
    const abort = new AbortController();
    await Promise.all(
      Array.from({ length: 32 }, (_, i) => relay.post('/read', { text: `text ${i}` }, { signal: abort.signal })),
    );
    const full = await relay.post('/read', { text: 'one more' });
    expect(await full.json()).toMatchObject({ status: 503, code: 'too-many-requests' });
    expect(full.headers.get('retry-after')).toBe('5');
    abort.abort();
    await until(async () => (await relay.metric('voice_gateway_active_streams{kind="read"}')) === 0);
    relay.synthesiser.onRequest = (speech) => speech.audio(10).end();
    expect((await relay.post('/read', { text: 'one more' })).status).toBe(200);
  });
});
