import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { speak } from '../audio/voice.ts';
import { toBytes, type Recording } from '../audio/wav.ts';
import { browserClient } from './testing/browser-client.ts';
import { openAiClient } from './testing/openai-client.ts';
import type { ServerResponse } from './testing/server-event.ts';
import { setStage, type Stage } from './testing/stage.ts';
import { strictBetaClient } from './testing/strict-beta-client.ts';
import { fourQuestions } from './testing/utterances.ts';
import type { AppTool, VoiceClient } from './testing/voice-client.ts';

const PIECE_BYTES = 4_800;
const tool: AppTool = { name: 'unused', description: 'Is never called.', parameters: [], run: () => '' };
const app = { instructions: 'You are brief.', tool, turnDetection: null, asksOn: 'output' } as const;

const CLIENTS: [string, (stage: Stage) => VoiceClient][] = [
  ["npm's openai", (stage) => openAiClient({ ...stage, ...app, vocabulary: 'ga' })],
  ['a page of today', (stage) => browserClient({ ...stage, ...app, vocabulary: 'ga', apiKey: 'none' })],
  ['an app of the beta', (stage) => strictBetaClient({ ...stage, ...app, apiKey: 'none' })],
];

describe.each(CLIENTS)('%s without turn detection', (_, connect) => {
  let stage: Stage;
  let client: VoiceClient;

  beforeEach(async () => {
    stage = await setStage({ reply: 'Very well.' });
    client = connect(stage);
    await client.ledger.next('session.updated');
  });
  afterEach(async () => {
    client.close();
    await stage.stop();
  });

  const ask = async (text: string, response: object = {}): Promise<ServerResponse> => {
    const nth = client.ledger.responses.length + 1;
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    client.send({ type: 'conversation.item.create', item });
    client.send({ type: 'response.create', response });
    return client.ledger.done(nth);
  };
  const silently = (): object =>
    client.ledger.vocabulary === 'ga' ? { output_modalities: ['text'] } : { modalities: ['text'] };

  it('answers what was said between two presses of a button', async () => {
    const [question] = await fourQuestions();
    for (const nth of [1, 2]) {
      speakInto(client, question!);
      client.send({ type: 'input_audio_buffer.commit' });
      client.send({ type: 'response.create' });
      const { status, output } = await client.ledger.done(nth);
      expect(status).toBe('completed');
      expect(client.ledger.speechOf(output[0]!.id).length).toBe((await speak('Very well.')).samples.length);
    }
    expect(client.ledger.of('input_audio_buffer.speech_started')).toEqual([]);
    const heard = stage.upstream.requests.at(-1)?.audios.at(-1);
    expect(heard?.durationMs).toBeCloseTo((question!.samples.length * 1000) / question!.rateHz, -1);
    expect(heard?.levelDb).toBeGreaterThan(-40);
    expect(client.ledger.faults()).toEqual([]);
  });

  it('answers a written message aloud', async () => {
    const { output } = await ask('Are you there?');
    expect(client.ledger.wordsOf(output[0]!.id)).toBe('Very well.');
    expect(client.ledger.speechOf(output[0]!.id).length).toBeGreaterThan(0);
    expect(JSON.stringify(stage.upstream.requests[0]?.body.messages)).toContain('Are you there?');
    expect(client.ledger.faults()).toEqual([]);
  });

  it('answers in writing where that is asked for', async () => {
    const { output } = await ask('Are you there?', silently());
    expect(client.ledger.of(client.ledger.names.audioDelta)).toEqual([]);
    expect(client.ledger.of(client.ledger.names.textDone).map(({ text }) => text)).toEqual(['Very well.']);
    expect(client.ledger.wordsOf(output[0]!.id)).toBe('Very well.');
    expect(client.ledger.faults()).toEqual([]);
  });

  it('answers beside the conversation, which knows nothing of it', async () => {
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Sum it up.' }] }];
    const response = { conversation: 'none', metadata: { purpose: 'summary' }, input, ...silently() };
    client.send({ type: 'response.create', response });
    const { status, metadata, output } = await client.ledger.done(1);
    expect([status, metadata]).toEqual(['completed', { purpose: 'summary' }]);
    expect(client.ledger.wordsOf(output[0]!.id)).toBe('Very well.');
    expect(client.ledger.of(client.ledger.names.itemAdded)).toEqual([]);
    await ask('Are you there?');
    expect(JSON.stringify(stage.upstream.requests.at(-1)?.body.messages)).not.toContain('Sum it up.');
    if (client.ledger.vocabulary === 'ga') expect(client.ledger.faults()).toEqual([]);
  });

  it.each([
    ['refuses to work', { kind: 'status', status: 400 }],
    ['dies in the middle of a word', { kind: 'die', afterChunks: 3 }],
  ] as const)('tells that an answer failed when the model %s, and gives the next one', async (_how, fault) => {
    stage.upstream.next({ fault });
    const failed = await ask('Are you there?');
    expect(failed.status).toBe('failed');
    expect(failed.status_details?.error?.type).toBeTypeOf('string');
    const next = await ask('And now?');
    expect(next.status).toBe('completed');
    expect(client.ledger.faults()).toEqual([]);
  });

  it('learns that the relay goes away', async () => {
    await stage.stopRelay();
    expect([1001, 1012, 1006]).toContain(await client.closed);
  });
});

describe('a program that sends a whole recording at once', () => {
  it('is heard from the first word on', async () => {
    const stage = await setStage({ reply: 'Very well.' });
    const client = openAiClient({ ...stage, ...app, vocabulary: 'ga', turnDetection: { type: 'server_vad' } });
    try {
      await client.ledger.next('session.updated');
      const [question] = await fourQuestions();
      speakInto(client, question!);
      for (let seconds = 0; seconds < 20; seconds++) speakInto(client, { samples: new Int16Array(24_000) });
      await client.ledger.done(1);
      const [heard] = stage.upstream.requests[0]!.audios;
      expect(heard?.durationMs).toBeGreaterThan(1_000);
      expect(heard?.levelDb).toBeGreaterThan(-40);
      expect(client.ledger.of('input_audio_buffer.speech_started')[0]?.audio_start_ms).toBeLessThan(400);
      expect(client.ledger.faults()).toEqual([]);
    } finally {
      client.close();
      await stage.stop();
    }
  });
});

function speakInto(client: VoiceClient, { samples }: Pick<Recording, 'samples'>): void {
  const bytes = toBytes(samples);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) client.sendAudio(bytes.subarray(at, at + PIECE_BYTES));
}
