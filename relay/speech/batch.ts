import { failed, ok, type Result } from '#kernel/result';
import type { UpstreamProblem } from '../upstream/upstream.ts';
import type { Narrator } from './narrator.ts';
import type { SpeechRequest } from '../upstream/speech.ts';

/** What became of one item; `index` is its place in the list. */
export interface BatchResult {
  index: number;
  /** PCM16LE mono at NARRATION_RATE_HZ. */
  result: Result<Buffer, UpstreamProblem>;
}

/** The whole of one text, or why there is none. What comes of an aborted one is worth nothing. */
export async function speakWhole(
  narrator: Narrator,
  request: SpeechRequest,
  signal: AbortSignal,
): Promise<Result<Buffer, UpstreamProblem>> {
  const pieces: Uint8Array[] = [];
  for await (const event of narrator.narrate(request, signal)) {
    if (event.kind === 'failed') return failed(event.problem);
    pieces.push(event.pcm);
  }
  return ok(Buffer.concat(pieces));
}

/**
 * Speaks all items, at most `concurrency` at a time, and yields each as it is finished, in whatever order that is. No
 * more are begun than the consumer keeps up with. Leaving the loop, or aborting, ends what is being spoken.
 */
export async function* speakBatch(
  narrator: Narrator,
  items: readonly SpeechRequest[],
  { concurrency, signal }: { concurrency: number; signal: AbortSignal },
): AsyncGenerator<BatchResult, void> {
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  const waiting = items.entries();
  const running = new Map<number, Promise<BatchResult>>();
  const begin = (): void => {
    const next = waiting.next();
    if (next.done) return;
    const [index, request] = next.value;
    const result = speakWhole(narrator, request, either);
    running.set(
      index,
      result.then((spoken) => ({ index, result: spoken })),
    );
  };
  try {
    for (let i = 0; i < concurrency; i++) begin();
    while (running.size > 0) {
      const finished = await Promise.race(running.values());
      if (either.aborted) return;
      running.delete(finished.index);
      yield finished;
      begin();
    }
  } finally {
    own.abort();
  }
}
