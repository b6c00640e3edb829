import { Gate } from './gate.ts';

export interface ReadAheadOptions<E> {
  sizeOf(event: E): number;
  /** How much may lie ready; the source is not read from while it is more. */
  maxBytes: number;
  /** While it is closed nothing is read from the source. */
  gate?: Gate;
}

/**
 * Yields what the source yields, and reads on while the consumer is busy with what it has. Leaving the loop stops the
 * reading; a source that waits for its own signal is to be aborted besides. What the source throws comes in its place.
 */
export async function* readAhead<E>(source: AsyncIterable<E>, options: ReadAheadOptions<E>): AsyncGenerator<E, void> {
  const { sizeOf, maxBytes, gate } = options;
  const ready: E[] = [];
  const room = new Gate();
  const news = new Gate();
  let heldBytes = 0;
  let end: { error?: unknown } | undefined;
  let isLeft = false;

  const read = async (): Promise<void> => {
    const events = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        await gate?.pass();
        await room.pass();
        if (isLeft) break;
        const next = await events.next();
        if (next.done) break;
        ready.push(next.value);
        heldBytes += sizeOf(next.value);
        if (heldBytes >= maxBytes) room.close();
        news.open();
      }
      await events.return?.();
      end = {};
    } catch (error) {
      end = { error };
    }
    news.open();
  };

  void read();
  try {
    for (;;) {
      const event = ready.shift();
      if (event === undefined) {
        if (end && 'error' in end) throw end.error;
        if (end) return;
        news.close();
        await news.pass();
      } else {
        heldBytes -= sizeOf(event);
        if (heldBytes < maxBytes) room.open();
        yield event;
      }
    }
  } finally {
    isLeft = true;
    room.open();
    gate?.open();
  }
}
