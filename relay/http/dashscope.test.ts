import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generatedUtterance } from '../../e2e/audio/recordings.ts';
import { toBytes } from '../../e2e/audio/wav.ts';
import type { AppOptions } from '../app.ts';
import { Judge } from '../dialects/dashscope/testing/judge.ts';
import { SdkClient } from '../dialects/dashscope/testing/sdk-client.ts';
import { startRelay, type TestRelay } from '../dialects/earshot/testing/relay.ts';
import { ScriptedRecogniser } from '../speech/testing/scripted-recogniser.ts';

const OMNI = 'qwen3-omni-flash-realtime';
const ASR = 'qwen3-asr-flash-realtime';
const BOTH = ['audio', 'text'] as const;
const TOOL = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } };
const SOUND = new Uint8Array(new Int16Array(8_000).fill(1_000).buffer);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: Partial<AppOptions> = {}): Promise<TestRelay> {
  const relay = await startRelay(options);
  closing.push(() => relay.stop());
  return relay;
}

async function connect(relay: TestRelay, model: string): Promise<SdkClient> {
  const client = await SdkClient.connect(relay.url, model);
  closing.push(() => client.close());
  return client;
}

/** Reads all a client has heard as one that forgives nothing. */
function judge(client: SdkClient): void {
  const strict = new Judge();
  for (const event of client.events) strict.read(event);
  expect(strict.open).toEqual([]);
}

/** Its network hears for all who need one: loading it takes longer than what is tried with it. */
let hearing: TestRelay;
const recogniser = new ScriptedRecogniser(() => [{ kind: 'done', text: 'What is the weather like?' }]);
afterAll(() => hearing.stop());

let sentence: Uint8Array;
beforeAll(async () => {
  hearing = await startRelay({ recogniser });
  const command = 'What is the weather like in London today?';
  // Half a second of room before it, and enough of a pause behind it.
  sentence = toBytes((await generatedUtterance(command, { rateHz: 16_000, leadMs: 500, tailMs: 1_500 })).samples);
});

describe('GET /api-ws/v1/realtime', () => {
  it('holds a conversation in which the relay hears the turns', async () => {
    const client = await connect(hearing, OMNI);
    client.updateSession({ outputModalities: BOTH, voice: 'Cherry' });
    for (const turn of [1, 2]) {
      await client.appendAll(sentence, 1);
      await client.next('response.done', turn);
    }
    await client.endSession();
    judge(client);
    expect(client.all('response.done')).toMatchObject([
      { response: { status: 'completed', output: [{ content: [{ type: 'audio', transcript: 'Noon.' }] }] } },
      { response: { status: 'completed' } },
    ]);
    expect(client.firstTextAfterMs).toBeGreaterThan(0);
    expect(client.firstAudioAfterMs).toBeGreaterThan(0);
    expect(client.all('conversation.item.input_audio_transcription.completed')).toHaveLength(2);
    expect(client.all('error')).toEqual([]);
  });

  it('has a tool called by a client that does not wait for the end of the response', async () => {
    const relay = await start();
    relay.upstream.onRequest = (answer) => {
      if (answer.turn.items.at(-1)?.kind === 'tool-result') return void answer.text('Clear.').audio(100).end();
      answer.push({ kind: 'tool-call', callId: 'call_1', name: 'weather', arguments: '{}' });
      setTimeout(() => answer.end(), 50);
    };
    const client = await connect(relay, 'qwen3.5-omni-plus-realtime');
    client.updateSession({ outputModalities: BOTH, enableTurnDetection: false, more: { tools: [TOOL] } });
    client.appendVideo(new Uint8Array(3));
    client.appendAudio(SOUND);
    client.commit();
    client.createResponse();
    const { call_id: callId } = await client.next('response.function_call_arguments.done');
    client.createItem({ id: 'item_tool', type: 'function_call_output', call_id: callId, output: '{"sky":"clear"}' });
    client.createResponse(BOTH);
    await client.next('response.done', 2);
    await client.endSession();
    judge(client);
    expect(client.all('error')).toMatchObject([{ error: { code: 'not_supported' } }]);
    expect(relay.upstream.last.turn.items.at(-1)).toMatchObject({ kind: 'tool-result', output: '{"sky":"clear"}' });
  });

  it('lets a client end its session in the middle of an answer', async () => {
    const relay = await start();
    relay.upstream.onRequest = (answer) => {
      answer.text('Good').audio(100);
      setTimeout(() => answer.text('bye.').end(), 200);
    };
    const client = await connect(relay, OMNI);
    client.updateSession({ outputModalities: BOTH, enableTurnDetection: false });
    client.appendAudio(SOUND);
    client.commit();
    client.createResponse();
    await client.next('response.created');
    await client.endSession();
    judge(client);
    expect(client.types().at(-1)).toBe('session.finished');
    expect(client.all('response.done')).toMatchObject([{ response: { status: 'completed' } }]);
  });

  it('writes down what is said, and finishes with the last of it', async () => {
    const alreadyAsked = recogniser.asked.length;
    const client = await connect(hearing, ASR);
    client.updateSession({ outputModalities: ['text'], transcription: { language: 'en', corpusText: 'London' } });
    await client.appendAll(sentence, 1);
    await client.next('conversation.item.input_audio_transcription.completed');
    // Cut off in the middle of a word.
    await client.appendAll(sentence.subarray(0, 2 * 24_000), 1);
    client.commit();
    client.createResponse();
    await client.endSession();
    judge(client);
    const words = client.all('conversation.item.input_audio_transcription.completed');
    expect(words.length).toBe(2);
    expect(words[0]).toMatchObject({ transcript: 'What is the weather like?', language: 'en', emotion: 'neutral' });
    expect(recogniser.asked[alreadyAsked]?.request).toMatchObject({ language: 'en', prompt: 'London' });
    expect(client.all('error')).toEqual([]);
  });

  it('goes on after messages that are too large, or no text at all', async () => {
    const client = await connect(await start(), OMNI);
    client.sendRaw(JSON.stringify({ type: 'input_audio_buffer.append', audio: 'A'.repeat(15 * 1024 * 1024 + 4) }));
    expect(await client.next('error', 1)).toMatchObject({ error: { code: 'string_above_max_length', param: 'audio' } });
    client.sendRaw(new Uint8Array(4));
    expect(await client.next('error', 2)).toMatchObject({ error: { code: 'invalid_json' } });
    client.updateSession({ outputModalities: ['text'] });
    await client.next('session.updated');
  });

  it('takes fifteen megabytes of base64 at a time', async () => {
    const client = await connect(await start(), OMNI);
    client.updateSession({ outputModalities: ['text'], enableTurnDetection: false });
    client.appendAudio(new Uint8Array((15 * 1024 * 1024 * 3) / 4));
    client.commit();
    await client.next('input_audio_buffer.committed');
    expect(client.all('error')).toEqual([]);
  });

  it('shows the door to who asks for what is not here, and says why', async () => {
    const relay = await start();
    const stranger = new SdkClient(relay.url, 'gpt-4');
    await stranger.until(() => stranger.closed !== undefined);
    expect(stranger.events).toMatchObject([{ type: 'error', error: { code: 'model_not_found', param: 'model' } }]);
    expect(stranger.closed?.code).toBe(1008);
    const unheard = new SdkClient(relay.url, ASR);
    await unheard.until(() => unheard.closed !== undefined);
    expect(unheard.events).toMatchObject([{ type: 'error', error: { code: 'recogniser_not_configured' } }]);
    expect(unheard.closed?.code).toBe(1011);
  });

  it('lets nobody in without a key where keys are set', async () => {
    const relay = await start({ config: { allowedHosts: [], apiKeys: ['sk-right'] } });
    const stranger = new SdkClient(relay.url, OMNI, 'sk-wrong');
    await stranger.until(() => stranger.refused !== undefined);
    expect(stranger.refused).toBe(401);
    const client = await SdkClient.connect(relay.url, OMNI, 'sk-right');
    closing.push(() => client.close());
    expect(client.sessionId).toMatch(/^sess_/);
  });

  it('hangs up when the relay goes away, also on who has finished', async () => {
    const relay = await startRelay({ recogniser: new ScriptedRecogniser() });
    const [talker, listener, leaver] = await Promise.all([OMNI, ASR, OMNI].map((model) => connect(relay, model)));
    await leaver?.endSession();
    await relay.stop();
    for (const client of [talker, listener, leaver]) {
      await client?.until(() => client.closed !== undefined);
      expect(client?.closed?.code).toBe(1001);
    }
  });

  it('answers 426 to what is no WebSocket', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/api-ws/v1/realtime?model=${OMNI}`)).status).toBe(426);
  });
});
