import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveRelay } from './testing/live-relay.ts';
import { until } from './testing/speech-relay.ts';

let relay: LiveRelay;
beforeEach(async () => {
  relay = await LiveRelay.start();
});
afterEach(() => relay.stop());

/** A second of sound, and its end. */
const QUESTION = { type: 'audio_chunk', audio: Buffer.alloc(32_000, 1).toString('base64'), last: true };

describe('WS /ws', () => {
  it('answers a recording that comes in one piece, minutes long', async () => {
    const client = relay.connect('/ws');
    const audio = Buffer.alloc(120 * 32_000, 1).toString('base64');
    await client.say({ type: 'audio_chunk', audio, last: true });
    await until(() => relay.upstream.answers.length === 1);
    expect(relay.upstream.last.spoken.length).toBe(120 * 32_000);
    relay.upstream.last.text('Noon.').audio(100).end();
    expect(await client.told('response')).toMatchObject({ text: 'Noon.', sampleRate: 24_000 });
  });

  it('answers one after the other', async () => {
    relay.upstream.onRequest = (answer) => answer.text('Noon.').audio(50).end();
    const client = relay.connect('/ws');
    for (let turn = 1; turn <= 3; turn++) {
      await client.say(QUESTION);
      await client.told('response', turn);
    }
    expect(relay.upstream.last.context.length).toBe(4);
    expect(client.types).toEqual(['response', 'response', 'response']);
  });
});

describe('a bad message over /ws is answered by its error and by nothing else', () => {
  it.each([
    ['no JSON', 'hello?', 'json-malformed'],
    ['a binary one', new Uint8Array(3_200), 'json-malformed'],
    ['no type', '{"audio":""}', 'message-invalid'],
    ['a type of tomorrow', '{"type":"video_chunk"}', 'unknown-type'],
    ['sound that is no text', '{"type":"audio_chunk","audio":[1,2]}', 'message-invalid'],
    ['sound that is no base64', '{"type":"audio_chunk","audio":"§$%&"}', 'audio-malformed'],
    ['half a base64', '{"type":"audio_chunk","audio":"AAAAA"}', 'audio-malformed'],
    ['an odd rate', '{"type":"audio_chunk","audio":"AAAA","sampleRate":44100}', 'message-invalid'],
    ['the end of nothing', '{"type":"audio_chunk","last":true}', 'buffer-empty'],
  ])('%s', async (_name, message, code) => {
    relay.upstream.onRequest = (answer) => answer.text('Noon.').end();
    const client = relay.connect('/ws');
    await client.say(message, QUESTION);
    await client.told('response');
    expect(client.types).toEqual(['error', 'response']);
    expect(client.messages[0]).toMatchObject({ code, retry: 'never', detail: expect.stringMatching(/./) });
  });

  it('sends away who says nothing else', async () => {
    const client = relay.connect('/ws');
    for (let i = 0; i < 20; i++) await client.say('?');
    await until(() => client.closed !== undefined);
    expect(client.closed).toBe(1008);
  });
});

describe('who may use /ws', () => {
  it('is who shows a key where keys are set', async () => {
    await relay.stop();
    relay = await LiveRelay.start({ keys: ['sesame'] });
    const refused = relay.connect('/ws');
    await until(() => refused.status !== undefined);
    expect(refused.status).toBe(401);
    const client = relay.connect('/ws', { headers: { authorization: 'Bearer sesame' } });
    await client.say(QUESTION);
    await until(() => relay.upstream.answers.length === 1);
    expect((await fetch(`http://127.0.0.1:${relay.port}/ws`)).status).toBe(426);
  });

  it('is told so when the relay is full', async () => {
    await relay.stop();
    relay = await LiveRelay.start({ maxSessions: 1 });
    const [first, second] = [relay.connect('/ws'), relay.connect('/ws')];
    await until(() => first.closed !== undefined || second.closed !== undefined);
    expect([first.closed, second.closed].filter(Boolean)).toEqual([1013]);
  });
});
