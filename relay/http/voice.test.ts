import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { LiveRelay, type LiveClient } from './testing/live-relay.ts';
import { until } from './testing/speech-relay.ts';

let relay: LiveRelay;
beforeEach(async () => {
  relay = await LiveRelay.start();
});
afterEach(() => relay.stop());

/** Push to talk: 100 ms of sound and a commit. */
async function ask(client: LiveClient, answers: number): Promise<void> {
  await client.say({ type: 'config', turnDetection: 'manual' }, new Uint8Array(4_800), { type: 'audio.commit' });
  await until(() => relay.upstream.answers.length === answers);
}

describe('WS /voice', () => {
  it('answers in sound', async () => {
    const client = relay.connect('/voice');
    await ask(client, 1);
    relay.upstream.last.text('Noon.').audio(500).audio(500).end();
    expect(await client.told('response.done')).toMatchObject({ status: 'completed' });
    expect(client.audioBytes).toBe(48_000);
    expect(client.types).toEqual(['ready', 'configured', 'response.started', 'response.text', 'response.done']);
  });

  it.each([
    ['', 'pcm16', 24_000, 48_000],
    ['?format=pcm16', 'pcm16', 24_000, 48_000],
    ['?format=pcm16&rate=8000', 'pcm16', 8_000, 16_000],
    ['?rate=16000', 'pcm16', 16_000, 32_000],
    ['?format=pcmu', 'pcmu', 8_000, 8_000],
    ['?format=pcma&rate=8000', 'pcma', 8_000, 8_000],
  ])('speaks the format asked for: /voice%s', async (query, format, rateHz, bytesPerSecond) => {
    const client = relay.connect(`/voice${query}`);
    expect(await client.told('ready')).toMatchObject({ format, rateHz });
    await client.say({ type: 'config', turnDetection: 'manual' }, new Uint8Array(bytesPerSecond / 5));
    await client.say({ type: 'audio.commit' });
    await until(() => relay.upstream.answers.length === 1);
    expect(relay.upstream.last.spoken.length).toBe(6_400);
    relay.upstream.last.audio(400).audio(600).end();
    await client.told('response.done');
    expect(client.audioBytes).toBe(bytesPerSecond);
  });

  it.each(['format=opus', 'format=pcmu&rate=16000', 'rate=44100', 'format=pcm16&rate=24', 'format='])(
    'refuses a format it does not know: ?%s',
    async (query) => {
      const client = relay.connect(`/voice?${query}`);
      await until(() => client.status !== undefined);
      expect(client.status).toBe(400);
    },
  );

  it('hears the same however sound is cut up, odd numbers of bytes too', async () => {
    const client = relay.connect('/voice');
    const pcm = Uint8Array.from({ length: 9_600 }, (_, i) => (i * 37) & 0x3f);
    await client.say({ type: 'config', turnDetection: 'manual' }, pcm, { type: 'audio.commit' });
    await until(() => relay.upstream.answers.length === 1);
    const whole = relay.upstream.last.spoken;
    relay.upstream.last.end();
    await client.told('response.done');
    for (const [from, to] of [
      [0, 1],
      [1, 1],
      [1, 2_000],
      [2_000, 2_003],
      [2_003, 9_600],
    ] as const) {
      await client.say(pcm.subarray(from, to));
    }
    await client.say({ type: 'audio.commit' });
    await until(() => relay.upstream.answers.length === 2);
    expect(Buffer.from(relay.upstream.last.spoken).equals(whole)).toBe(true);
  });
});

describe('a bad message over /voice is answered by its error and by nothing else', () => {
  const nested = `{"type":"ping","x":${'['.repeat(3_000)}${']'.repeat(3_000)}}`;
  it.each([
    ['no JSON', 'hello?', 'json-malformed'],
    ['an empty message', '', 'json-malformed'],
    ['one that is too long', `{"type":"ping","x":"${'x'.repeat(LIMITS.maxJsonBytes)}"}`, 'json-too-large'],
    ['three thousand brackets', nested, 'json-too-deep'],
    ['null', 'null', 'message-invalid'],
    ['no type', '{}', 'message-invalid'],
    ['a type of tomorrow', '{"type":"video"}', 'unknown-type'],
    ['__proto__ as a type', '{"type":"__proto__"}', 'unknown-type'],
    ['a wrong turn detection', '{"type":"config","turnDetection":"telepathy"}', 'message-invalid'],
    ['instructions that are no text', '{"type":"config","instructions":{"a":1}}', 'message-invalid'],
    ['a language that is none', '{"type":"config","language":"English"}', 'message-invalid'],
    ['less than nothing heard', '{"type":"interrupt","heardMs":-1}', 'message-invalid'],
    ['a commit of nothing', '{"type":"audio.commit"}', 'buffer-empty'],
  ])('%s', async (_name, message, code) => {
    const client = relay.connect('/voice');
    await client.say(message, { type: 'ping', t: 7 });
    expect(await client.told('pong')).toEqual({ type: 'pong', t: 7 });
    expect(client.types).toEqual(['ready', 'error', 'pong']);
    expect(client.messages[1]).toMatchObject({ code, retry: 'never', detail: expect.stringMatching(/./) });
    await ask(client, 1);
  });

  it('and what makes no sense but does no harm by none', async () => {
    const client = relay.connect('/voice');
    await client.say({ type: 'interrupt' }, { type: 'interrupt', heardMs: 5 }, new Uint8Array(0), { type: 'config' });
    await client.say({ type: 'ping' });
    await client.told('pong');
    expect(client.types).toEqual(['ready', 'configured', 'pong']);
  });

  it('sends away who says nothing else, and forgives who makes sense in between', async () => {
    const client = relay.connect('/voice');
    for (let i = 0; i < LIMITS.maxFaults - 1; i++) await client.say('?');
    await client.say({ type: 'ping' });
    for (let i = 0; i < LIMITS.maxFaults - 1; i++) await client.say('?');
    await client.say({ type: 'ping' });
    await client.told('pong', 2);
    for (let i = 0; i < LIMITS.maxFaults; i++) await client.say('?');
    await until(() => client.closed !== undefined);
    expect(client.closed).toBe(1008);
  });

  it('but ends its own connection when it is larger than the socket takes', async () => {
    const [client, other] = [relay.connect('/voice'), relay.connect('/voice')];
    await client.say(new Uint8Array(LIMITS.maxPayloadBytes + 1));
    await until(() => client.closed !== undefined);
    expect(client.closed).toBe(1009);
    await ask(other, 1);
  });
});

describe('who may use /voice', () => {
  it('is anybody on this machine while no keys are set, but no page of a stranger', async () => {
    await relay.connect('/voice').told('ready');
    const foreign = relay.connect('/voice', { origin: 'http://evil.example' });
    await until(() => foreign.status !== undefined);
    expect(foreign.status).toBe(403);
    expect((await fetch(`http://127.0.0.1:${relay.port}/voice`)).status).toBe(426);
  });

  it('is who shows a key where keys are set, as a header or beside the subprotocol, and never in the address', async () => {
    await relay.stop();
    relay = await LiveRelay.start({ keys: ['sesame'] });
    const key = 'openai-insecure-api-key.sesame';
    const page = relay.connect('/voice', { origin: 'http://shop.example' }, ['realtime', key]);
    await page.told('ready');
    expect(page.socket.protocol).toBe('realtime');
    await relay.connect('/voice', { headers: { authorization: 'Bearer sesame' } }).told('ready');
    const refused = [
      relay.connect('/voice'),
      relay.connect('/voice', { headers: { authorization: 'Bearer wrong' } }),
      relay.connect('/voice?key=sesame'),
      relay.connect('/voice', {}, [key]),
    ];
    await until(() => refused.every(({ status }) => status !== undefined));
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 400, 400]);
  });

  it('is told so when the relay is full', async () => {
    await relay.stop();
    relay = await LiveRelay.start({ maxSessions: 1 });
    await relay.connect('/voice').told('ready');
    const second = relay.connect('/voice');
    expect(await second.told('error')).toMatchObject({ code: 'relay-full', retry: 'later' });
    await until(() => second.closed !== undefined);
    expect(second.closed).toBe(1013);
  });
});

describe('a connection to /voice', () => {
  it('that is lost takes its answer along, and can be taken up again', async () => {
    const first = relay.connect('/voice');
    const { session } = await first.told('ready');
    await ask(first, 1);
    relay.upstream.last.audio(100);
    await until(() => first.audioBytes > 0);
    first.socket.terminate();
    await until(() => relay.upstream.last.isOver);
    const second = relay.connect(`/voice?session=${String(session)}`);
    expect(await second.told('ready')).toMatchObject({ session, isResumed: true });
    expect(await relay.connect('/voice?session=sess_unknown').told('ready')).toMatchObject({ isResumed: false });
  });

  it('is taken up again with the key it was made with, and no other', async () => {
    await relay.stop();
    relay = await LiveRelay.start({ keys: ['sesame', 'poppy'] });
    const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
    const { session } = await relay.connect('/voice', bearer('sesame')).told('ready');
    const path = `/voice?session=${String(session)}`;
    expect(await relay.connect(path, bearer('poppy')).told('ready')).toMatchObject({ isResumed: false });
    expect(await relay.connect(path, bearer('sesame')).told('ready')).toMatchObject({ session, isResumed: true });
  });

  it('that does not read holds its own answer back, without being closed', async () => {
    const client = relay.connect('/voice');
    await ask(client, 1);
    await client.told('response.started');
    client.socket.pause();
    // 17 minutes: far more than kernels swallow and the relay reads ahead.
    const pcm = new Uint8Array(24_000);
    for (let i = 0; i < 2_000; i++) relay.upstream.last.push({ kind: 'audio', pcm });
    relay.upstream.last.end();
    let takenBefore = -1;
    await until(async () => {
      const { taken } = relay.upstream.last;
      const hasStopped = taken === takenBefore;
      takenBefore = taken;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return hasStopped && taken > 0;
    });
    expect(takenBefore).toBeLessThan(1_900);
    expect(client.closed).toBeUndefined();
    client.socket.resume();
    await client.told('response.done');
    expect(client.audioBytes).toBe(2_000 * 24_000);
  });
});
