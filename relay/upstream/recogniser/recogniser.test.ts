import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import {
  audioOf,
  createFakeRecogniser,
  readForm,
  type FakeRecogniserOptions,
  type TranscriptionScript,
} from '../../../e2e/fakes/transcription-server.ts';
import { toBytes } from '../../../e2e/audio/wav.ts';
import type { WireServer } from '../../../e2e/fakes/wire-server.ts';
import type { TranscriptEvent, TranscriptionRequest } from '../speech.ts';
import { toneOf } from '../upstream.contract.ts';
import { createRecogniser, type HttpRecogniser, type RecogniserOptions } from './recogniser.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function start(
  server: FakeRecogniserOptions = {},
  options: Partial<RecogniserOptions> = {},
): Promise<{ fake: WireServer<TranscriptionScript>; recogniser: HttpRecogniser }> {
  const fake = await createFakeRecogniser(server);
  const timeouts = { firstEventMs: 1_500, stallMs: 500 };
  const recogniser = createRecogniser({ baseUrl: `${fake.baseUrl}/v1/`, timeouts, ...options });
  open.push(fake, recogniser);
  return { fake, recogniser };
}

const audio = toneOf(1.2);
async function hear(recogniser: HttpRecogniser, extra: Partial<TranscriptionRequest> = {}): Promise<TranscriptEvent[]> {
  const events: TranscriptEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of recogniser.transcribe({ audio, ...extra }, signal)) events.push(event);
  return events;
}
const words = 'Turn the light on, please.';
const said = { hear: () => words };

describe('a recogniser', () => {
  it.each(['openai', 'vllm', 'segments'] as const)('passes on the words of a %s stream as they come', async (wire) => {
    const { recogniser } = await start({ script: { ...said, wire, pieceBytes: 7 } });
    const events = await hear(recogniser);
    expect(events.map((event) => (event.kind === 'partial' ? event.text : event.kind))).toEqual([
      'Turn',
      'Turn the',
      'Turn the light',
      'Turn the light on,',
      words,
      'done',
    ]);
    expect(events.at(-1)).toEqual({ kind: 'done', text: words });
  });

  it('takes one document from servers that do not stream', async () => {
    const { recogniser } = await start({ script: { ...said, wire: 'json' } });
    expect((await hear(recogniser)).at(-1)).toEqual({ kind: 'done', text: words, language: 'en' });
  });

  it('asks for times instead of a stream where times are wanted', async () => {
    const { fake, recogniser } = await start({ script: said });
    const events = await hear(recogniser, { timed: true });
    expect(events.slice(0, 2)).toEqual([
      { kind: 'segment', text: 'Turn', startMs: 0, endMs: 400 },
      { kind: 'segment', text: 'the', startMs: 500, endMs: 900 },
    ]);
    expect(readForm(fake.requests[0]!).fields).toEqual({ model: 'whisper-1', response_format: 'verbose_json' });
  });

  it('sends every sample, and what it knows', async () => {
    const { fake, recogniser } = await start(
      { script: said },
      { model: 'Systran/faster-whisper-small', language: 'en-GB' },
    );
    await hear(recogniser, { prompt: 'Earshot, Qwen' });
    const [request] = fake.requests;
    expect(request?.url.pathname).toBe('/v1/audio/transcriptions');
    const { fields } = readForm(request!);
    const model = 'Systran/faster-whisper-small';
    expect(fields).toEqual({ model, response_format: 'json', stream: 'true', language: 'en', prompt: 'Earshot, Qwen' });
    const { samples, rateHz } = audioOf(request!);
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect([rateHz, hash(toBytes(samples))]).toEqual([16_000, hash(audio)]);
    await hear(recogniser, { language: 'de' });
    expect(readForm(fake.requests[1]!).fields['language']).toBe('de');
  });

  it('speaks to Deepgram in its own way', async () => {
    const server = { authorization: 'Token dg-key', script: { ...said, wire: 'deepgram' as const } };
    const { fake, recogniser } = await start(server, { api: 'deepgram', apiKey: 'dg-key' });
    expect(await hear(recogniser, { timed: true })).toEqual([
      { kind: 'segment', text: words, startMs: 250, endMs: 1_500 },
      { kind: 'done', text: words, language: 'en' },
    ]);
    const [request] = fake.requests;
    expect(request?.url.pathname).toBe('/v1/listen');
    expect(Object.fromEntries(request!.url.searchParams)).toEqual({
      model: 'nova-3',
      smart_format: 'true',
      detect_language: 'true',
      utterances: 'true',
    });
    expect(request?.headers['content-type']).toBe('audio/wav');
    expect(audioOf(request!).samples).toHaveLength(audio.length / 2);
    expect((await recogniser.check(new AbortController().signal)).state).toBe('up');
    const { recogniser: stranger } = await start(server, { api: 'deepgram', apiKey: 'other' });
    expect(await hear(stranger)).toMatchObject([{ problem: { kind: 'upstream-unauthorised' } }]);
    expect((await stranger.check(new AbortController().signal)).state).toBe('down');
  });

  it('understands nothing in silence, and does not call that a failure', async () => {
    for (const wire of ['openai', 'vllm', 'json', 'deepgram'] as const) {
      const { recogniser } = await start(
        { script: { hear: () => '', wire } },
        wire === 'deepgram' ? { api: wire } : {},
      );
      expect(await hear(recogniser)).toMatchObject([{ kind: 'done', text: '' }]);
    }
  });

  it('calls a document that is none faulty', async () => {
    for (const api of ['openai', 'deepgram'] as const) {
      const { recogniser } = await start({ script: { wire: api === 'openai' ? 'deepgram' : 'json' } }, { api });
      const problem = { kind: 'upstream-faulty', detail: 'malformed transcription' };
      expect(await hear(recogniser, { timed: true })).toMatchObject([{ problem }]);
    }
  });

  it('is down while its server is loading', async () => {
    const { fake, recogniser } = await start();
    fake.isHealthy = false;
    expect((await recogniser.check(new AbortController().signal)).state).toBe('down');
  });
});
