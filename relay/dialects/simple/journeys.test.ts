import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseWav } from '#dsp/wav';
import { LIMITS } from '#protocol';
import { DialectStage, settled, type StageClient } from '../testing/dialect-stage.ts';
import { openSimple } from './open-simple.ts';

let stage: DialectStage;
let client: StageClient;
beforeEach(() => {
  stage = new DialectStage();
  client = stage.client();
  openSimple(client.socket, stage.parts);
});

const sound = (ms: number, rateHz = 16_000) => Buffer.alloc((2 * ms * rateHz) / 1000, 1).toString('base64');

function speak(ms: number): void {
  for (let at = 0; at < ms; at += 200) client.say({ type: 'audio_chunk', audio: sound(200) });
}

async function sayAloud(fromMs = 0): Promise<void> {
  speak(1_200);
  stage.speech('started', fromMs + 400);
  await settled();
  stage.speech('stopped', fromMs + 1_000);
  await settled();
}

async function answered(text = 'Noon.', ms = 200): Promise<void> {
  stage.upstream.last.text(text).audio(ms).end();
  await settled();
}

const golden = (name: string) => expect(stage.transcript).toMatchFileSnapshot(`fixtures/${name}.txt`);

describe('journeys over /ws', () => {
  it('a turn that ends by itself is answered whole, as a WAV file', async () => {
    await sayAloud();
    stage.upstream.last.push({ kind: 'transcript', text: 'What time is it?' });
    stage.upstream.last.text('It is ').audio(100);
    await answered('noon.', 100);
    const { text, sampleRate, audio } = client.last('response');
    expect({ text, sampleRate }).toEqual({ text: 'It is noon.', sampleRate: 24_000 });
    const wav = parseWav(Buffer.from(String(audio), 'base64'));
    expect(wav.ok && [wav.value.rateHz, wav.value.channels[0]?.length]).toEqual([24_000, 4_800]);
    await golden('spoken-turn');
  });

  it('a turn that the client ends, at another rate, and its silence after one that the relay has ended', async () => {
    client.say({ type: 'audio_chunk', audio: sound(300, 24_000), sampleRate: 24_000 });
    client.say({ type: 'audio_chunk', audio: sound(200, 24_000), sampleRate: 24_000, last: true });
    await settled();
    expect(stage.upstream.last.spoken.length).toBe(500 * 32);
    await answered();
    stage.pass(1_000);
    client.say({ type: 'audio_chunk', audio: sound(1_000) });
    stage.speech('started', 300);
    stage.speech('stopped', 900);
    await settled();
    client.say({ type: 'audio_chunk', last: true });
    await answered('Still noon.');
    expect(stage.upstream.answers).toHaveLength(2);
    await golden('last');
  });

  it('an answer spoken into is never sent, and the model knows that nobody has heard it', async () => {
    await sayAloud();
    stage.upstream.last.text('It is noon and').audio(400);
    await settled();
    stage.pass(300);
    await sayAloud(1_200);
    await answered('As you wish.');
    expect(client.all('response').map(({ text }) => text)).toEqual(['As you wish.']);
    expect(stage.upstream.last.context.filter(({ kind }) => kind === 'assistant')).toEqual([]);
    await golden('interrupted');
  });

  it('an answer that the client does not wait for, which the model then knows nobody has heard', async () => {
    client.say({ type: 'audio_chunk', audio: sound(500), last: true });
    await settled();
    stage.upstream.last.text('It is noon and').audio(400);
    await settled();
    stage.pass(300);
    client.say({ type: 'audio_chunk', audio: sound(500), last: true });
    await settled();
    expect(stage.upstream.last.context.filter(({ kind }) => kind === 'assistant')).toEqual([]);
    await answered('As you wish.');
    expect(client.all('response').map(({ text }) => text)).toEqual(['As you wish.']);
  });

  it('an answer that the server behind breaks off', async () => {
    await sayAloud();
    stage.upstream.last.text('It is').audio(100).fail('upstream-died');
    await settled();
    expect(client.all('response')).toEqual([]);
    stage.pass(1_000);
    await sayAloud(1_200);
    await answered();
    await golden('failed');
  });

  it('an answer of minutes on a line that takes its time, and what is said after it', async () => {
    await sayAloud();
    client.isStalled = true;
    stage.upstream.last.text('A long story.').audio(150_000).end();
    await vi.waitFor(() => expect(client.all('response')).toHaveLength(1));
    expect(client.bufferedAmount).toBeGreaterThan(LIMITS.maxReplyBufferBytes);
    client.say('hello?');
    expect([client.closed, client.messages.map(({ type }) => type)]).toEqual([undefined, ['response', 'error']]);
  });

  it('a turn at another rate than the one that was being spoken, which is forgotten', async () => {
    speak(400);
    stage.speech('started', 200);
    client.say({ type: 'audio_chunk', audio: sound(500, 24_000), sampleRate: 24_000, last: true });
    await settled();
    expect(stage.upstream.last.spoken.length).toBe(500 * 32);
  });

  it('sound that is cut within a sample', async () => {
    const pcm = Buffer.alloc(3_201, 1);
    client.say({ type: 'audio_chunk', audio: pcm.toString('base64') });
    client.say({ type: 'audio_chunk', audio: pcm.toString('base64'), last: true });
    await settled();
    expect(stage.upstream.last.spoken.length).toBe(6_402);
  });
});
