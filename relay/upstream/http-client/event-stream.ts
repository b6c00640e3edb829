import type { Readable } from 'node:stream';
import type { Result } from '#kernel/result';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { BodyPieces } from './body-pieces.ts';
import type { Patience } from './patience.ts';
import { SseParser } from './sse.ts';

/** After the last word only the end of the response is outstanding; reading it keeps the connection for the next turn. */
const GOODBYE_MS = 200;

/** Makes sense of the events of one kind of stream. */
export interface StreamReader<E> {
  /** What one event says; a problem ends the stream. */
  read(data: string): Result<E[], UpstreamProblem>;
  /** Whether everything has been said: servers that close without `[DONE]`, politely or not, have then finished. */
  readonly isFinished: boolean;
  /** Whether the event just read was the last, in streams that have one of their own instead of `[DONE]`. */
  readonly hasEnded?: boolean;
}

/**
 * Yields what the events of a response mean and returns why it ended too soon, if it did. `nextWaitMs` says how long
 * the next event may take after one that said this; undefined lets the present wait run on, as if nothing had come.
 */
export async function* readEventStream<E>(
  body: Readable,
  reader: StreamReader<E>,
  patience: Patience,
  nextWaitMs: (said: readonly E[]) => number | undefined,
): AsyncGenerator<E, UpstreamProblem | undefined> {
  const bytes = new BodyPieces(body);
  const parser = new SseParser();
  let chunks = 0;
  let isDone = false;
  while (!isDone) {
    const read = await patience.during(bytes.next());
    if (!read.ok && !reader.isFinished) return read.problem;
    if (!read.ok || read.value.done) break;
    const parsed = parser.push(read.value.value);
    if (!parsed.ok) return toUpstreamProblem('upstream-faulty', parsed.problem.kind);
    if (parser.heldBytes > 0) patience.extend();
    for (const data of parsed.value) {
      isDone = data === '[DONE]';
      if (isDone) break;
      const events = reader.read(data);
      if (!events.ok) return events.problem;
      // Not `yield*`: over an array it waits twice for each.
      for (const event of events.value) yield event;
      chunks++;
      const waitMs = nextWaitMs(events.value);
      if (waitMs !== undefined) patience.renew(waitMs);
      isDone = reader.hasEnded === true;
      if (isDone) break;
    }
  }
  if (!isDone && chunks === 0) return toUpstreamProblem('upstream-faulty', 'an empty answer');
  if (!isDone && !reader.isFinished) return toUpstreamProblem('upstream-died', `no end after ${chunks} chunks`);
  await readGoodbye(bytes, patience);
  return undefined;
}

/** Reads what little is left of a body that has said everything. */
export async function readGoodbye(bytes: AsyncIterator<Buffer>, patience: Patience): Promise<void> {
  patience.renew(GOODBYE_MS);
  await patience.during(drain(bytes));
}

async function drain(bytes: AsyncIterator<Buffer>): Promise<void> {
  while (!(await bytes.next()).done);
}
