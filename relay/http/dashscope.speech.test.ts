import { expect, it } from 'vitest';
import { generatedUtterance, turnRecordings } from '../../e2e/audio/recordings.ts';
import { findRecognitionProgram } from '../../e2e/audio/recognition-program.ts';
import { findSpeechProgram } from '../../e2e/audio/speech-program.ts';
import { toBytes, type Recording } from '../../e2e/audio/wav.ts';
import { understood, wordsOf } from '../../e2e/audio/words.ts';
import { createFakeRecogniser } from '../../e2e/fakes/transcription-server.ts';
import { SdkClient } from '../dialects/dashscope/testing/sdk-client.ts';
import { startRelay } from '../dialects/earshot/testing/relay.ts';
import { createRecogniser } from '../upstream/recogniser/recogniser.ts';

const COMMAND = 'What is the weather like in London today?';

/** A recorded sentence where there are recordings, else one made by a synthesizer. */
async function command(): Promise<{ transcript: string; recording: Recording }> {
  const recorded = turnRecordings().find(({ id }) => id === 'A01_basic_en');
  if (recorded?.turns[0]) return { transcript: recorded.turns[0].transcript, recording: recorded.load() };
  const recording = await generatedUtterance(COMMAND, { rateHz: 16_000, leadMs: 500, tailMs: 1_500 });
  return { transcript: COMMAND, recording };
}

it('a recognition with a real recogniser gets the words right', { timeout: 90_000 }, async (context) => {
  const [ears, voice] = await Promise.all([findRecognitionProgram(), findSpeechProgram()]);
  context.skip(!ears, 'pocketsphinx or its English model is not installed');
  context.skip(voice?.name !== 'flite' && turnRecordings().length === 0, 'neither recordings nor flite are there');
  const server = await createFakeRecogniser({ script: { hear: (audio) => ears!.recognise(audio) } });
  const recogniser = createRecogniser({ baseUrl: server.baseUrl, timeouts: { firstEventMs: 30_000 } });
  const relay = await startRelay({ recogniser });
  const client = await SdkClient.connect(relay.url, 'qwen3-asr-flash-realtime');
  client.updateSession({ outputModalities: ['text'], transcription: { language: 'en' } });
  const { transcript, recording } = await command();
  // Ten times as fast as it was spoken.
  await client.appendAll(toBytes(recording.samples), 10);
  const completed = await client.next('conversation.item.input_audio_transcription.completed');
  await client.endSession();
  const heard = String(completed['transcript']);
  expect(understood(transcript, heard)).toBeGreaterThanOrEqual(0.8);
  const interims = client.all('conversation.item.input_audio_transcription.text');
  expect(interims.length).toBeGreaterThan(0);
  const percent = (100 * understood(transcript, heard)).toFixed(0);
  const stable = wordsOf(String(interims.at(-1)?.['text'])).length;
  process.stdout.write(
    `${percent} % of the words understood; ${interims.length} interims, the last with ${stable} of ` +
      `${wordsOf(heard).length} words stable\n`,
  );
  client.close();
  await relay.stop();
  await Promise.all([recogniser.close(), server.close()]);
});
