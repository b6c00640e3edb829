import type { UtteranceEntry } from '../conversation/log.ts';
import type { CallView, Status } from '../conversation/status.ts';
import type { Turn } from '../conversation/turn-log.ts';
import { problemWords } from './problem-words.ts';
import { WORDS } from './words.ts';

/**
 * What a screen reader says once a turn is over: after the answer, not during it, and never word by word. The two
 * would talk over each other, and the microphone would hear both.
 */
export function toTurnAnnouncement(entry: UtteranceEntry, turn: Turn): string | undefined {
  const said = turn.userText === undefined ? [] : [`${WORDS.captions.you}: ${turn.userText}`];
  const answer = turn.reply && turn.reply.text !== '' ? [`${WORDS.captions.assistant}: ${turn.reply.text}`] : [];
  switch (entry.type) {
    case 'reply.heard':
      return lines([...said, ...answer]);
    case 'reply.interrupted':
      return lines([...said, ...answer, WORDS.captions.interrupted]);
    case 'reply.failed':
      return lines([...said, problemWords(entry.problem).title]);
    default:
      return undefined;
  }
}

const lines = (parts: string[]): string | undefined => (parts.length === 0 ? undefined : parts.join('\n'));

/** Only what cannot be heard anyway: the sounds of a conversation tell who speaks. */
const SPOKEN: readonly Status[] = ['connecting', 'muted', 'reconnecting', 'trouble'];

/** Statuses after which it is news that the microphone listens again. */
const RETURNS: readonly Status[] = ['idle', 'connecting', 'muted', 'reconnecting', 'trouble'];

export function toStatusAnnouncement(before: CallView, after: CallView): string | undefined {
  if (after.isAskingWhoIsThere && !before.isAskingWhoIsThere) return WORDS.hints.stillThere;
  if (before.status === after.status) return undefined;
  if (after.status === 'idle') return WORDS.callEnded;
  if (SPOKEN.includes(after.status)) return WORDS.status[after.status];
  if (after.status === 'listening' && RETURNS.includes(before.status)) return WORDS.status.listening;
  return undefined;
}
