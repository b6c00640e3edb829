import type { LinkCall } from '../conversation/ports.ts';
import type { LinkUtterance } from './link-utterance.ts';
import { LIMITS, PROTOCOL_VERSION, type Hello, type HistoryTurn } from '#protocol';

const encoder = new TextEncoder();
const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** The first message of a connection: who we are, what was said, what is still open. */
export function toHello(call: LinkCall, ticket: string, utterances: Iterable<LinkUtterance>): Hello {
  const open = [...utterances]
    .filter((utterance) => !utterance.hasFailed)
    .slice(0, LIMITS.maxOpenUtterances)
    .map(({ id, reply }) => ({ utterance: id, attempt: reply.attempt, received: reply.received }));
  const { conversation, fence, settings } = call;
  const hello = { type: 'hello', version: PROTOCOL_VERSION, ticket, conversation, fence, settings, open } as const;
  const history = newestThatFit(call.history(), LIMITS.maxJsonBytes - bytesOf({ ...hello, history: [] }));
  return { ...hello, history };
}

/** The newest turns within the wire's limits: a long conversation must not make its own hello illegal. */
export function newestThatFit(history: readonly HistoryTurn[], maxBytes: number): HistoryTurn[] {
  const kept: HistoryTurn[] = [];
  let bytes = 0;
  for (const turn of history.slice(-LIMITS.maxHistoryTurns).toReversed()) {
    const short = withinTextLimit(turn);
    bytes += bytesOf(short) + 1;
    if (bytes > maxBytes) break;
    kept.push(short);
  }
  return kept.reverse();
}

function withinTextLimit({ user, assistant, ...turn }: HistoryTurn): HistoryTurn {
  return {
    ...turn,
    ...(user !== undefined && { user: user.slice(0, LIMITS.maxTextChars) }),
    ...(assistant !== undefined && { assistant: assistant.slice(0, LIMITS.maxTextChars) }),
  };
}
