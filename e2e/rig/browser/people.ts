import { generatedUtterance, turnRecordings, type TurnRecording } from '../../audio/recordings.ts';
import { recordedUtterances, threeUtterances, type Spoken } from '../../fixtures/speech.ts';

/** Whole turns without a pause for thought: people's voices in several languages, or made ones where none were recorded. */
export async function plainTurns(): Promise<Spoken[]> {
  const isPlain = ({ category, pauses }: TurnRecording) => category === 'basic' && pauses.length === 0;
  const names = turnRecordings().flatMap((recording) => (isPlain(recording) ? [recording.id] : []));
  const recorded = recordedUtterances(names);
  return recorded.length > 0 ? recorded : threeUtterances('generated');
}

/** What people say over an answer: plain turns, and what other people say before their first pause. */
export async function interruptions(): Promise<Spoken[]> {
  const phrases = new Map(turnsWithPauses().map((recording) => [recording.id.split('_')[0], recording]));
  return [...(await plainTurns()), ...[...phrases.values()].flatMap(toFirstPhrase)];
}

function toFirstPhrase({ id, pauses: [pause], turns: [turn] }: TurnRecording): Spoken[] {
  if (!pause || !turn) return [];
  return recordedUtterances([id]).map(({ name, samples, rateHz, onsetMs }) => {
    const offsetMs = onsetMs + pause.startMs - turn.onsetMs;
    return { name, samples: samples.slice(0, ((offsetMs + 100) * rateHz) / 1000), rateHz, onsetMs, offsetMs };
  });
}

export interface PausedTurn extends Spoken {
  longestPauseMs: number;
}

const HESITATIONS = [
  ['I would like to book', 'a table for four.', 300],
  ['My number is', 'five five eight two.', 600],
  ['Could you tell me', 'when the last train leaves?', 900],
] as const;

/** Turns with a silence in mid-sentence. */
export async function pausedTurns(): Promise<PausedTurn[]> {
  const recorded = turnsWithPauses();
  if (recorded.length > 0) return recorded.flatMap(toPausedTurn);
  return Promise.all(HESITATIONS.map(([first, second, pauseMs]) => hesitation(first, second, pauseMs)));
}

const turnsWithPauses = (): TurnRecording[] =>
  turnRecordings().filter(({ pauses, turns }) => pauses.length > 0 && turns.length === 1);

function toPausedTurn(recording: TurnRecording): PausedTurn[] {
  const longestPauseMs = Math.max(...recording.pauses.map(({ startMs, endMs }) => endMs - startMs));
  return recordedUtterances([recording.id]).map((spoken) => ({ ...spoken, longestPauseMs }));
}

async function hesitation(first: string, second: string, pauseMs: number): Promise<PausedTurn> {
  const rateHz = 16_000;
  const before = await generatedUtterance(first, { rateHz, leadMs: 100, tailMs: pauseMs / 2 });
  const after = await generatedUtterance(second, { rateHz, leadMs: pauseMs / 2, tailMs: 100 });
  const samples = new Int16Array(before.samples.length + after.samples.length);
  samples.set(before.samples);
  samples.set(after.samples, before.samples.length);
  const offsetMs = (before.samples.length * 1000) / rateHz + after.offsetMs;
  return { name: `${first} … ${second}`, samples, rateHz, onsetMs: before.onsetMs, offsetMs, longestPauseMs: pauseMs };
}
