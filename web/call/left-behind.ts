import { LIMITS } from '#protocol';
import type { Journal, PendingUtterance } from '../conversation/ports.ts';
import type { LogBook } from './log-book.ts';

/** Older than this, an answer out of the blue would startle; the person is asked first. */
const MAX_AGE_MS = 10 * 60_000;
/** Less is a breath before the page went away. */
const MIN_FRAMES = Math.ceil((0.8 * LIMITS.inputRateHz) / LIMITS.frameSamples);

/**
 * Turns that an earlier page load left in the middle of their answer. The answer is stored, but the ear lost it: what
 * is remembered ends where playing was last noted.
 */
export async function closeUnheard(conversation: string, journal: Journal, book: LogBook): Promise<void> {
  const pending = new Set((await journal.pending(conversation)).map(({ utterance }) => utterance));
  for (const { utterance, state, reply } of book.turns()) {
    if (state !== 'answering' || !reply || pending.has(utterance)) continue;
    const totalSamples = reply.samples ?? 0;
    const heardSample = Math.min(await journal.playedSample(utterance), totalSamples);
    book.write({ type: 'reply.interrupted', utterance, attempt: reply.attempt, heardSample, totalSamples });
  }
}

export interface LeftBehind {
  utterance: string;
  attempt: number;
  durationMs: number;
}

export const durationMsOf = (pending: PendingUtterance): number =>
  Math.round((pending.frames.length * LIMITS.frameSamples * 1000) / LIMITS.inputRateHz);

/**
 * What an earlier page load recorded and never got an answer for. The newest, if it is fresh, is returned to be
 * answered now; whatever else there is stays, marked as unanswered, for the person to ask again or not.
 */
export async function findLeftBehind(
  conversation: string,
  journal: Journal,
  book: LogBook,
  nowMs: number,
): Promise<LeftBehind | undefined> {
  const all = await journal.pending(conversation);
  const open = all.filter((pending) => book.turn(pending.utterance)?.state !== 'failed');
  let newest: LeftBehind | undefined;
  for (const pending of open.sort((a, b) => b.startedAtMs - a.startedAtMs)) {
    const { utterance, attempt } = pending;
    if (!pending.isSealed && pending.frames.length < MIN_FRAMES) {
      journal.discard(utterance);
      book.write({ type: 'utterance.discarded', utterance });
    } else if (!newest && nowMs - pending.startedAtMs <= MAX_AGE_MS) {
      if (!pending.isSealed) void journal.seal(utterance);
      newest = { utterance, attempt, durationMs: durationMsOf(pending) };
    } else {
      book.write({ type: 'utterance.confirmed', utterance, durationMs: durationMsOf(pending) });
      book.write({ type: 'reply.failed', utterance, problem: 'left-behind' });
    }
  }
  return newest;
}
