import type { RecordedCall, SpokenTurn } from '../corpus/recorded-call.ts';
import type { Performance } from './performance.ts';

/** How one turn went. */
export interface TurnScore {
  /** From the last sample of the voice to the first of the answer; absent for one cut off or missed. */
  voiceToVoiceMs?: number;
  /** Of it, the time before the answer was asked for. */
  waitMs?: number;
  /** An answer could be heard while the speaker had more to say. */
  isTalkedOver: boolean;
  /** Talked over, or declared over before its end and not taken back: the rest of it became another turn. */
  isCutOff: boolean;
  /** Nothing was heard within the patience. */
  isMissed: boolean;
}

export interface CallScore {
  turns: TurnScore[];
  /** Answers asked for beyond one for each turn. */
  wastedRequests: number;
}

const PATIENCE_MS = 5_000;

export const scoreCall = ({ turns }: RecordedCall, performance: Performance): CallScore => ({
  turns: turns.map((turn, i) => scoreTurn(turn, turns[i + 1]?.onsetMs ?? Infinity, performance)),
  wastedRequests: Math.max(0, performance.requests - turns.length),
});

function scoreTurn(turn: SpokenTurn, nextOnsetMs: number, { audible, ends }: Performance): TurnScore {
  const isWithin = (atMs: number): boolean => atMs >= turn.onsetMs && atMs < turn.offsetMs;
  const isTalkedOver = audible.some(({ fromMs }, i) => isWithin(fromMs) && !goesOn(audible, i));
  const isCutOff = isTalkedOver || ends.some(isWithin);
  const latestMs = Math.min(nextOnsetMs, turn.offsetMs + PATIENCE_MS);
  const answer = audible.find(({ fromMs }) => fromMs >= turn.offsetMs && fromMs < latestMs);
  const isMissed = !answer && !isTalkedOver;
  const judged = { isTalkedOver, isCutOff, isMissed };
  if (!answer || isCutOff) return judged;
  return { voiceToVoiceMs: answer.fromMs - turn.offsetMs, waitMs: answer.askedMs - turn.offsetMs, ...judged };
}

/** The stretch continues the one before, at another level: no new beginning. */
const goesOn = (audible: Performance['audible'], i: number): boolean => audible[i]?.fromMs === audible[i - 1]?.toMs;
