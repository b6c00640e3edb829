import type { Clock } from '#kernel/clock';
import type { ReplyEvent } from '../upstream.ts';

/** A speaker who hears nothing for longer believes that nothing happens. */
const TELL_AFTER_MS = 2_500;
const TELL_EVERY_MS = 2_000;

/**
 * Waits for the first event of an answer and says meanwhile that the server has been asked (position 0). `expectedMs`
 * is how long it usually takes.
 */
export async function* firstEvent(
  events: AsyncIterator<ReplyEvent>,
  clock: Clock,
  expectedMs: number,
): AsyncGenerator<ReplyEvent, IteratorResult<ReplyEvent>> {
  const askedAtMs = clock.nowMs();
  let first: IteratorResult<ReplyEvent> | undefined;
  const arrival = events.next().then((result) => {
    first = result;
  });
  for (let waitMs = TELL_AFTER_MS; ; waitMs = TELL_EVERY_MS) {
    await within(clock, waitMs, arrival);
    if (first) return first;
    const etaMs = Math.max(0, Math.round(expectedMs - (clock.nowMs() - askedAtMs)));
    yield { kind: 'queued', position: 0, etaMs };
  }
}

async function within(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  let cancel: () => void = () => {};
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, resolve);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    cancel();
  }
}
