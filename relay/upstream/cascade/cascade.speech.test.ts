import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { resample } from '#dsp/resampler';
import { generatedUtterance, turnRecordings } from '../../../e2e/audio/recordings.ts';
import { findRecognitionProgram } from '../../../e2e/audio/recognition-program.ts';
import { findSpeechProgram } from '../../../e2e/audio/speech-program.ts';
import { toFloat, toInt16 } from '../../../e2e/audio/voice.ts';
import { toBytes, toSamples, type Recording } from '../../../e2e/audio/wav.ts';
import { understood, wordsOf } from '../../../e2e/audio/words.ts';
import { audioOf, collect, textOf } from '../upstream.contract.ts';
import type { UpstreamTurn } from '../upstream.ts';
import { createCascadeRig, questionOf, type CascadeRig } from './testing/cascade-rig.ts';

const open: CascadeRig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

/** Real ears and a real voice behind the wires; only the mind between them is scripted. */
async function startReal(context: TestContext, reply: (question: string) => string): Promise<CascadeRig> {
  const [ears, voice] = await Promise.all([findRecognitionProgram(), findSpeechProgram()]);
  context.skip(!ears, 'pocketsphinx or its English model is not installed');
  context.skip(voice?.name !== 'flite', 'flite is not installed');
  const rig = await createCascadeRig({
    hears: { hear: (audio) => ears!.recognise(audio) },
    writes: { reply: (request) => reply(questionOf(request)) },
    speaks: { wire: 'wav', speak: (text) => voice!.synthesize(text) },
    recogniser: { timeouts: { firstEventMs: 20_000 } },
    synthesiser: { timeouts: { firstEventMs: 20_000 } },
    stallMs: 10_000,
  });
  open.push(rig);
  return rig;
}

const toTurn = ({ samples, rateHz }: Recording): UpstreamTurn => {
  expect(rateHz).toBe(16_000);
  return { settings: {}, items: [{ kind: 'user', audio: toBytes(samples) }] };
};

const COMMAND = 'What is the weather like in London today?';

/** A recorded sentence where there are recordings, and one made by a synthesizer in any case. */
async function commands(): Promise<{ name: string; transcript: string; recording: Recording }[]> {
  const generated = await generatedUtterance(COMMAND, { rateHz: 16_000, leadMs: 300, tailMs: 300 });
  const recorded = turnRecordings().find(({ id }) => id === 'A01_basic_en');
  const [turn] = recorded?.turns ?? [];
  const synthetic = { name: 'a synthesized command', transcript: COMMAND, recording: generated };
  if (!recorded || !turn) return [synthetic];
  const { samples, rateHz } = recorded.load();
  const cut = samples.slice(((turn.onsetMs - 300) * rateHz) / 1000, ((turn.offsetMs + 300) * rateHz) / 1000);
  return [{ name: recorded.id, transcript: turn.transcript, recording: { samples: cut, rateHz } }, synthetic];
}

describe('a cascade of real speech programs', () => {
  it('understands what is said to it, and is understood in what it says', { timeout: 90_000 }, async (context) => {
    for (const { name, transcript, recording } of await commands()) {
      const rig = await startReal(context, (question) => `I have heard you. You said: ${question}. Is that so?`);
      const events = await collect(rig.cascade, toTurn(recording));
      expect(events.map(({ kind }) => kind)).not.toContain('failed');
      const [first] = events;
      const heard = first?.kind === 'transcript' ? first.text : '';
      expect(understood(transcript, heard)).toBeGreaterThanOrEqual(0.8);
      const said = textOf(events);
      expect(said).toContain(heard);
      const answer = resample(toFloat(toSamples(audioOf(events))), rig.cascade.outputRateHz, 16_000);
      const program = await findRecognitionProgram();
      const heardBack = await program!.recognise({ samples: toInt16(answer), rateHz: 16_000 });
      expect(understood(said, heardBack)).toBeGreaterThanOrEqual(0.6);
      const percent = (part: number) => `${(100 * part).toFixed(0)} %`;
      process.stdout.write(
        `${name}: ${percent(understood(transcript, heard))} of the words understood, ` +
          `${percent(understood(said, heardBack))} of the answer's\n`,
      );
    }
  });

  it(
    'speaks as soon as its parts allow: what they take together, and little more',
    { timeout: 90_000 },
    async (context) => {
      const firstSentence = 'The weather in London is fine today.';
      const reply = `${firstSentence} ${'It will stay like that for the rest of the week, they say. '.repeat(6)}`;
      const rig = await startReal(context, () => reply);
      const [command] = (await commands()).slice(-1);
      const overheads: number[] = [];
      for (let run = 0; run < 5; run++) {
        const startedMs = performance.now();
        let firstAudioMs = 0;
        for await (const { kind } of rig.cascade.respond(toTurn(command!.recording), new AbortController().signal)) {
          if (kind === 'audio') firstAudioMs ||= performance.now() - startedMs;
        }
        const endMs = performance.now() - startedMs;
        const [ears, mind] = [rig.ears.requests.at(-1)!, rig.mind.requests.at(-1)!];
        const voice = rig.voice.requests.find(({ receivedAtMs }) => receivedAtMs > mind.receivedAtMs)!;
        const earsMs = ears.finishedAtMs! - ears.receivedAtMs;
        // A sentence is known to have ended with the first word of the next: by the script, 8 ms a word.
        const mindMs = rig.mind.script.firstTokenMs + 8 * wordsOf(firstSentence).length;
        const voiceMs = voice.answeredAtMs! - voice.receivedAtMs;
        overheads.push(firstAudioMs - earsMs - mindMs - voiceMs);
        process.stdout.write(
          `first audio after ${firstAudioMs.toFixed(0)} ms = recogniser ${earsMs.toFixed(0)} + first sentence ` +
            `${mindMs} + voice ${voiceMs.toFixed(0)} + ours ${overheads.at(-1)!.toFixed(1)}; all after ${endMs.toFixed(0)} ms\n`,
        );
      }
      const median = overheads.toSorted((a, b) => a - b)[2]!;
      expect(median).toBeGreaterThan(0);
      expect(median).toBeLessThan(60);
    },
  );
});
