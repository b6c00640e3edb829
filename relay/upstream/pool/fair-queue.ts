/** Whose turn it is that waits. */
export interface Waiter {
  conversation: string;
  /** The first turn of a conversation: people who are talking already go before it. */
  isFirst: boolean;
}

/** Who waits, in a fair order: one turn of each conversation in rotation, running conversations before new ones. */
export class FairQueue<W extends Waiter> {
  readonly #running = new Map<string, W[]>();
  readonly #new = new Map<string, W[]>();

  get size(): number {
    return this.inOrder().length;
  }

  add(waiter: W): void {
    const ring = this.#ringOf(waiter);
    ring.set(waiter.conversation, [...(ring.get(waiter.conversation) ?? []), waiter]);
  }

  /** It no longer waits; the others of its conversation keep their place. */
  remove(waiter: W): void {
    const ring = this.#ringOf(waiter);
    const rest = (ring.get(waiter.conversation) ?? []).filter((other) => other !== waiter);
    if (rest.length > 0) ring.set(waiter.conversation, rest);
    else ring.delete(waiter.conversation);
  }

  /** It was given its place: its conversation goes to the end of the rotation. */
  serve(waiter: W): void {
    this.remove(waiter);
    const ring = this.#ringOf(waiter);
    const rest = ring.get(waiter.conversation);
    if (!rest) return;
    ring.delete(waiter.conversation);
    ring.set(waiter.conversation, rest);
  }

  inOrder(): W[] {
    return [...rotate(this.#running), ...rotate(this.#new)];
  }

  #ringOf({ isFirst }: Waiter): Map<string, W[]> {
    return isFirst ? this.#new : this.#running;
  }
}

function* rotate<W>(ring: ReadonlyMap<string, readonly W[]>): Generator<W> {
  const longest = Math.max(0, ...[...ring.values()].map(({ length }) => length));
  for (let round = 0; round < longest; round++) {
    for (const waiting of ring.values()) {
      const waiter = waiting[round];
      if (waiter) yield waiter;
    }
  }
}
