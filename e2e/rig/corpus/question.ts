import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { generatedUtterance } from '../../audio/utterance.ts';
import { toFloat } from '../../audio/voice.ts';
import { RATE_HZ, toSamples } from './recorded-call.ts';
import { hasSharedData, loadSound, sharedPath } from './shared-data.ts';
import { atSpeechLevel, quietestNear, speechSpan } from './sound.ts';

/** A question by one voice, and where its words part: at any of these samples a speaker may stop to think. */
export interface Question {
  speaker: string;
  speech: Float32Array;
  partings: number[];
}

const Stimulus = v.object({ tts: v.string(), words: v.array(v.string()), starts: v.array(v.number()) });

/** A word boundary given in the labels is exact to about this. */
const BOUNDARY_MS = 40;
/** Nobody stops to think before the second word. */
const FIRST_PARTING = 2;

/** Questions with labelled words, by four voices; made on the spot where the recordings are absent. */
export async function loadQuestions(): Promise<Question[]> {
  return hasSharedData() ? recordedQuestions() : madeQuestions();
}

function recordedQuestions(): Question[] {
  const labels = readdirSync(sharedPath('turn-stimuli')).filter((name) => name.endsWith('.json'));
  return labels.sort().map((name) => {
    const json: unknown = JSON.parse(readFileSync(sharedPath(`turn-stimuli/${name}`), 'utf8'));
    const { tts, starts } = v.parse(Stimulus, json);
    const whole = loadSound(`turn-stimuli/${name.replace(/json$/, 'wav')}`);
    const { from, to } = speechSpan(whole);
    const partings = starts
      .slice(FIRST_PARTING)
      .map((start) => quietestNear(whole, Math.round(start * RATE_HZ), BOUNDARY_MS) - from);
    return { speaker: tts, speech: atSpeechLevel(whole.subarray(from, to)), partings: partings.filter((at) => at > 0) };
  });
}

const SENTENCES: readonly (readonly string[])[] = [
  ['Do you study psychology', 'here at this university?'],
  ['So do you play basketball', 'on Thursdays?'],
  ['Do you live by yourself', 'or with someone else?'],
  ['Could you tell me', 'how late it is?'],
  ['I would like to know', 'what the weather', 'will be tomorrow.'],
];

/** Each part is spoken by itself, so it is known where the words part. */
async function madeQuestions(): Promise<Question[]> {
  return Promise.all(
    SENTENCES.map(async (parts) => {
      const spoken = await Promise.all(
        parts.map((part) => generatedUtterance(part, { rateHz: RATE_HZ, leadMs: 0, tailMs: 0 })),
      );
      const speech = new Float32Array(spoken.reduce((sum, { samples }) => sum + samples.length, 0));
      const partings: number[] = [];
      let at = 0;
      for (const { samples } of spoken) {
        if (at > 0) partings.push(at);
        speech.set(toFloat(samples), at);
        at += samples.length;
      }
      return { speaker: 'made', speech, partings };
    }),
  );
}

/** The question with a silence of `pauseMs` at one of its partings. */
export function withPause(question: Question, parting: number, pauseMs: number): Float32Array<ArrayBuffer> {
  const at = question.partings[parting];
  if (at === undefined) throw new RangeError('no such parting');
  const spoken = new Float32Array(question.speech.length + toSamples(pauseMs));
  const fade = toSamples(3);
  const { speech } = question;
  spoken.set(speech.subarray(0, at));
  spoken.set(speech.subarray(at), at + toSamples(pauseMs));
  for (let i = 0; i < fade; i++) {
    spoken[at - 1 - i] = (spoken[at - 1 - i] ?? 0) * (i / fade);
    const after = at + toSamples(pauseMs) + i;
    spoken[after] = (spoken[after] ?? 0) * (i / fade);
  }
  return spoken;
}
