import type { Dispatcher } from 'undici';
import { toUpstreamProblem } from '../problem.ts';
import type { ReplyEvent, UpstreamProblem } from '../upstream.ts';
import type { ChunkReader } from './chunk.ts';
import type { Patience } from './patience.ts';
import { SseParser } from './sse.ts';

/** After `[DONE]` only the end of the response is outstanding; reading it keeps the connection for the next turn. */
const GOODBYE_MS = 200;

/** Waiting allowed between two events, until the first audio and from then on. */
export interface StallBudget {
  beforeAudioMs: number;
  stallMs: number;
}

/** Yields the events of a streamed completion and returns why it ended too soon, if it did. */
export async function* readAnswer(
  body: Dispatcher.ResponseData['body'],
  reader: ChunkReader,
  patience: Patience,
  { beforeAudioMs, stallMs }: StallBudget,
): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
  const bytes: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  const parser = new SseParser();
  let limitMs = beforeAudioMs;
  let chunks = 0;
  let isDone = false;
  while (!isDone) {
    const read = await patience.during(bytes.next());
    // Servers that close without `[DONE]`, politely or not, have still said everything once they gave a reason.
    if (!read.ok && !reader.isFinished) return read.problem;
    if (!read.ok || read.value.done) break;
    const parsed = parser.push(read.value.value);
    if (!parsed.ok) return toUpstreamProblem('upstream-faulty', parsed.problem.kind);
    if (parser.heldBytes > 0) patience.extend();
    for (const data of parsed.value) {
      isDone = data === '[DONE]';
      if (isDone) break;
      const replies = reader.read(data);
      if (!replies.ok) return replies.problem;
      yield* replies.value;
      chunks++;
      if (replies.value.some(({ kind }) => kind === 'audio')) limitMs = stallMs;
      patience.renew(limitMs);
    }
  }
  if (!isDone && chunks === 0) return toUpstreamProblem('upstream-faulty', 'an empty answer');
  if (!isDone && !reader.isFinished) return toUpstreamProblem('upstream-died', `no end after ${chunks} chunks`);
  if (reader.usage) yield { kind: 'usage', usage: reader.usage };
  patience.renew(GOODBYE_MS);
  await patience.during(drain(bytes));
  return undefined;
}

async function drain(bytes: AsyncIterator<Buffer>): Promise<void> {
  while (!(await bytes.next()).done);
}
