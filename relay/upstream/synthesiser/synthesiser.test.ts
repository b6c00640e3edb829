import { afterEach, describe, expect, it } from 'vitest';
import {
  createFakeSynthesiser,
  spokenTextOf,
  type FakeSynthesiserOptions,
  type SpeechScript,
} from '../../../e2e/fakes/speech-server.ts';
import { toneVoice } from '../../../e2e/fakes/tone-voice.ts';
import { toBytes } from '../../../e2e/audio/wav.ts';
import type { WireServer } from '../../../e2e/fakes/wire-server.ts';
import type { SpeechEvent, SpeechRequest } from '../speech.ts';
import { createSynthesiser, type HttpSynthesiser, type SynthesiserOptions } from './synthesiser.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function start(
  server: FakeSynthesiserOptions = {},
  options: Partial<SynthesiserOptions> = {},
): Promise<{ fake: WireServer<SpeechScript>; synthesiser: HttpSynthesiser }> {
  const fake = await createFakeSynthesiser({ ...server, script: { speak: toneVoice(), ...server.script } });
  const timeouts = { firstEventMs: 1_500, stallMs: 500 };
  const synthesiser = createSynthesiser({ baseUrl: `${fake.baseUrl}/v1`, timeouts, ...options });
  open.push(fake, synthesiser);
  return { fake, synthesiser };
}

async function speak(synthesiser: HttpSynthesiser, extra: Partial<SpeechRequest> = {}): Promise<SpeechEvent[]> {
  const events: SpeechEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of synthesiser.speak({ text: 'Good day to you.', ...extra }, signal)) events.push(event);
  return events;
}
const pcmOf = (events: readonly SpeechEvent[]) =>
  Buffer.concat(events.map((event) => (event.kind === 'audio' ? event.pcm : Buffer.alloc(0))));
const ratesOf = (events: readonly SpeechEvent[]) =>
  new Set(events.map((event) => (event.kind === 'audio' ? event.rateHz : event.problem.kind)));
const bodyOf = (fake: WireServer<SpeechScript>, index = 0) =>
  JSON.parse(fake.requests[index]?.body.toString('utf8') ?? '') as Record<string, unknown>;

describe('a synthesiser', () => {
  it.each([
    ['pcm', undefined],
    ['pcm', 333],
    ['l16', 7],
    ['wav', undefined],
    ['wav', 1],
    ['wav-streamed', 333],
    ['sse', undefined],
    ['sse', 333],
    ['sse-wav', undefined],
  ] as const)('passes on every sample of a server of the kind %s, in pieces of %s bytes', async (wire, pieceBytes) => {
    const voice = toneVoice();
    const script = { wire, chunkMs: 137, ...(pieceBytes ? { pieceBytes } : {}), speak: voice };
    const text = wire === 'wav' && pieceBytes === 1 ? 'Hm.' : 'Good day to you.';
    const { synthesiser } = await start({ script });
    const events = await speak(synthesiser, { text });
    expect(pcmOf(events).equals(Buffer.from(toBytes(voice(text).samples)))).toBe(true);
    expect(ratesOf(events)).toEqual(new Set([24_000]));
  });

  it.each([
    ['from a file', 'wav', 22_050, {}, 22_050],
    ['from the head of the answer', 'l16', 16_000, {}, 16_000],
    ['from events with files', 'sse-wav', 44_100, {}, 44_100],
    ['from its configuration', 'pcm', 16_000, { rateHz: 16_000 }, 16_000],
    ['from the file rather than its configuration', 'wav', 22_050, { rateHz: 16_000 }, 22_050],
    ['from its model', 'pcm', 24_000, { model: 'kokoro', voice: 'alloy' }, 24_000],
  ] as const)('knows its rate %s', async (_, wire, rateHz, options, expected) => {
    const { synthesiser } = await start({ script: { wire, speak: toneVoice(rateHz) } }, options);
    expect(ratesOf(await speak(synthesiser))).toEqual(new Set([expected]));
  });

  it('asks for bare samples as they are made, and for what else is configured', async () => {
    const { fake, synthesiser } = await start({}, { model: 'kokoro', body: { volume_multiplier: 1.5 } });
    await speak(synthesiser, { speed: 1.2 });
    expect(fake.requests[0]?.url.pathname).toBe('/v1/audio/speech');
    expect(bodyOf(fake)).toEqual({
      model: 'kokoro',
      input: 'Good day to you.',
      voice: 'af_heart',
      speed: 1.2,
      response_format: 'pcm',
      stream_format: 'audio',
      volume_multiplier: 1.5,
    });
  });

  it('speaks to piper in its own way, and with the time its one file takes', async () => {
    const script = { wire: 'piper' as const, speak: toneVoice(22_050), firstAudioMs: 300 };
    const voices = ['de_DE-thorsten-high', 'en_US-lessac-medium'];
    const { fake, synthesiser } = await start({ script, voices }, { api: 'piper', languageVoices: { de: voices[0]! } });
    expect((await synthesiser.check(new AbortController().signal)).state).toBe('up');
    expect(synthesiser.voices).toEqual(voices);
    expect(ratesOf(await speak(synthesiser, { speed: 2, voice: 'EN_us-lessac-medium' }))).toEqual(new Set([22_050]));
    expect(fake.requests[0]?.url.pathname).toBe('/synthesize');
    expect(bodyOf(fake)).toEqual({ text: 'Good day to you.', voice: voices[1], length_scale: 0.5 });
    await speak(synthesiser, { language: 'de-AT', voice: 'nobody' });
    expect(bodyOf(fake, 1)['voice']).toBe(voices[0]);
  });

  it('speaks to Deepgram in its own way', async () => {
    const server = { authorization: 'Token dg-key' };
    const { fake, synthesiser } = await start(server, { api: 'deepgram', apiKey: 'dg-key' });
    expect(ratesOf(await speak(synthesiser))).toEqual(new Set([24_000]));
    const [request] = fake.requests;
    expect(request?.url.pathname).toBe('/v1/speak');
    expect(Object.fromEntries(request!.url.searchParams)).toEqual({
      model: 'aura-2-thalia-en',
      encoding: 'linear16',
      sample_rate: '24000',
      container: 'none',
    });
    expect(bodyOf(fake)).toEqual({ text: 'Good day to you.' });
    expect(spokenTextOf(request!)).toBe('Good day to you.');
    const { synthesiser: stranger } = await start(server, { api: 'deepgram', apiKey: 'other' });
    expect(ratesOf(await speak(stranger))).toEqual(new Set(['upstream-unauthorised']));
  });

  it('asks for a voice only where the server is known to have it', async () => {
    const { fake, synthesiser } = await start({ voices: ['alloy', 'nova'] });
    expect(ratesOf(await speak(synthesiser, { voice: 'Nova' }))).toEqual(new Set([24_000]));
    expect(bodyOf(fake)['voice']).toBe('alloy');
    await synthesiser.check(new AbortController().signal);
    await speak(synthesiser, { voice: 'Nova' });
    expect(bodyOf(fake, 1)['voice']).toBe('nova');
    await speak(synthesiser, { voice: 'Nobody We Know' });
    expect(bodyOf(fake, 2)['voice']).toBe('alloy');
  });

  it('is refused for good where a configured voice is not there', async () => {
    const { synthesiser } = await start({}, { voice: 'nobody' });
    expect(await speak(synthesiser)).toMatchObject([{ problem: { kind: 'upstream-rejected', retry: 'never' } }]);
  });

  it('does not play what does not fit: no audio at all, or another format', async () => {
    const nothing = { samples: new Int16Array(0), rateHz: 24_000 };
    for (const wire of ['pcm', 'wav-streamed'] as const) {
      const { synthesiser } = await start({ script: { wire, speak: () => nothing } });
      expect(await speak(synthesiser)).toMatchObject([
        { problem: { kind: 'upstream-faulty', detail: 'an empty answer' } },
      ]);
    }
  });
});
