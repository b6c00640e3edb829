import { resample } from '#dsp/resampler';
import { generatedUtterance, turnRecordings } from '../../audio/recordings.ts';
import { toFloat, toInt16 } from '../../audio/voice.ts';
import type { Recording } from '../../audio/wav.ts';
import { MICROPHONE_RATE_HZ } from './microphone.ts';

const MARGIN_MS = 60;

/** Recording and number of its turn; the words are for machines without the recordings. */
const SPOKEN = [
  ['G1_conversation_clean', 0, 'So did you drive here?'],
  ['G1_conversation_clean', 1, 'So do you play basketball on Thursdays?'],
  ['G1_conversation_clean', 2, 'Do you live by yourself?'],
  ['A07_basic_en', 0, 'Did you come here by bike?'],
] as const;

let questions: Promise<Recording[]> | undefined;

/** Four short questions: a person's where the recordings are at hand, else made on the spot. */
export function fourQuestions(): Promise<Recording[]> {
  questions ??= load();
  return questions;
}

async function load(): Promise<Recording[]> {
  const recordings = new Map(turnRecordings().map((recording) => [recording.id, recording]));
  return Promise.all(
    SPOKEN.map(async ([id, n, words]) => {
      const recording = recordings.get(id);
      const turn = recording?.turns[n];
      if (!recording || !turn) {
        return generatedUtterance(words, { rateHz: MICROPHONE_RATE_HZ, leadMs: MARGIN_MS, tailMs: MARGIN_MS });
      }
      const { samples, rateHz } = recording.load();
      const at = (ms: number) => Math.round((ms * rateHz) / 1000);
      const cut = samples.slice(at(turn.onsetMs - MARGIN_MS), at(turn.offsetMs + MARGIN_MS));
      return { samples: toInt16(resample(toFloat(cut), rateHz, MICROPHONE_RATE_HZ)), rateHz: MICROPHONE_RATE_HZ };
    }),
  );
}
