import { drawPauses } from './pauses.ts';
import { loadQuestions, withPause, type Question } from './question.ts';
import { createRandom, shuffled } from './random.ts';
import { toMs, toSamples, type RecordedCall, type SpokenTurn } from './recorded-call.ts';
import { mixIn, roomTone } from './sound.ts';

export interface ThoughtfulOptions {
  /** Turns in all; each has one pause. */
  turns: number;
  seed: number;
}

const LEAD_MS = 1_000;
/** From the end of a turn to the next: a listener with 5 s of patience, and a short answer. */
const GAP_MS = 6_000;
const TURNS_PER_CALL = 10;

/**
 * Calls of people who stop to think: ten questions by one voice, each with one pause between two words, as long as
 * pauses are (`drawPauses`). One pause a turn makes rates per turn and per pause the same number. Seeded.
 */
export async function thoughtfulCalls({ turns, seed }: ThoughtfulOptions): Promise<RecordedCall[]> {
  const random = createRandom(seed);
  const pauses = drawPauses(turns, random);
  const questions = await loadQuestions();
  const speakers = [...new Set(questions.map(({ speaker }) => speaker))];
  const calls: RecordedCall[] = [];
  for (let from = 0; from < turns; from += TURNS_PER_CALL) {
    const own = questions.filter(({ speaker }) => speaker === speakers[calls.length % speakers.length]);
    const call = compose(shuffled(own, random), pauses.slice(from, from + TURNS_PER_CALL), random);
    calls.push({ ...call, id: `thoughtful-${calls.length + 1}` });
  }
  return calls;
}

function compose(questions: Question[], pauses: number[], random: () => number): Omit<RecordedCall, 'id'> {
  const turns: SpokenTurn[] = [];
  const spoken: { at: number; sound: Float32Array }[] = [];
  let atMs = LEAD_MS;
  for (const [i, pauseMs] of pauses.entries()) {
    const question = questions[i % questions.length];
    if (!question) throw new Error('no question to ask');
    const parting = Math.floor(random() * question.partings.length);
    const sound = withPause(question, parting, pauseMs);
    const onsetMs = atMs;
    const pauseFromMs = onsetMs + toMs(question.partings[parting] ?? 0);
    const offsetMs = onsetMs + toMs(sound.length);
    turns.push({ onsetMs, offsetMs, pauses: [{ onsetMs: pauseFromMs, offsetMs: pauseFromMs + pauseMs }] });
    spoken.push({ at: toSamples(onsetMs), sound });
    atMs = Math.ceil(offsetMs + GAP_MS);
  }
  const samples = roomTone(toSamples(atMs), Math.floor(random() * 2 ** 32));
  for (const { at, sound } of spoken) mixIn(samples, sound, at);
  return { group: 'drawn pauses', samples, turns, interjections: [] };
}
