import type { UpstreamProblem } from '../upstream.ts';
import { Patience, type UpstreamTimeouts } from './patience.ts';

export type Failed = { kind: 'failed'; problem: UpstreamProblem };

/** Yields what comes and returns why it ended too soon, if it did. `signal` aborts when its connection is to close. */
export type Conversation<E> = (
  patience: Patience,
  signal: AbortSignal,
) => AsyncGenerator<E, UpstreamProblem | undefined>;

/**
 * One request and its answer within the budgets. However it ends (the caller aborts or leaves the loop, a budget is
 * spent) the connection is closed at once, unless the answer was read to its end. An aborted exchange just ends; any
 * other failure is its last event.
 */
export async function* exchange<E>(
  timeouts: UpstreamTimeouts,
  signal: AbortSignal,
  converse: Conversation<E>,
): AsyncGenerator<E | Failed, void> {
  const connection = new AbortController();
  const abort = () => connection.abort();
  if (signal.aborted) return;
  signal.addEventListener('abort', abort, { once: true });
  const events = converse(new Patience(timeouts, abort), connection.signal);
  try {
    // Not `for await`, which keeps what is returned in the end to itself.
    let next = await events.next();
    for (; !next.done && !signal.aborted; next = await events.next()) yield next.value;
    if (next.done && next.value && !signal.aborted) yield { kind: 'failed', problem: next.value };
  } finally {
    signal.removeEventListener('abort', abort);
    connection.abort();
    await events.return(undefined);
  }
}
