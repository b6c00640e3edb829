export type Taken = 'next' | 'stale' | 'duplicate' | 'gap';

/** How far the answer to one utterance has come: which attempt counts, and how much of it arrived without a hole. */
export class ReplyCursor {
  #attempt: number;
  #received = 0;
  #isWhole = false;
  #isAnnounced = false;
  #voidUpTo = 0;
  #barrier: number | undefined;
  #askedAgainAt = -1;

  /** `attempt`: the last one known of from an earlier page load, 0 if none. */
  constructor(attempt = 0) {
    this.#attempt = attempt;
  }

  /** The highest attempt heard of. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Events of that attempt that arrived, all of them in order. */
  get received(): number {
    return this.#received;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether anything about this attempt still matters. */
  counts(attempt: number): boolean {
    return !this.#isOver(attempt);
  }

  /** An attempt was accepted or its first event came. True: it is the one that counts now, and is news. */
  accept(attempt: number): boolean {
    if (this.#isOver(attempt)) return false;
    const isNews = attempt > this.#attempt || !this.#isAnnounced;
    this.#advanceTo(attempt);
    this.#isAnnounced = true;
    return isNews;
  }

  /** Event `n` of an attempt that was accepted. */
  take(attempt: number, n: number): Taken {
    if (this.#isOver(attempt)) return 'stale';
    if (this.#isWhole || n < this.#received) return 'duplicate';
    if (n > this.#received) return 'gap';
    this.#received++;
    return 'next';
  }

  /** The attempt ended after `count` events; `next` means that all of them are here. */
  finish(attempt: number, count: number): Taken {
    if (this.#isOver(attempt)) return 'stale';
    if (this.#isWhole) return 'duplicate';
    if (count !== this.#received) return 'gap';
    this.#isWhole = true;
    return 'next';
  }

  /** Something is missing: true if asking the relay again may help, false if that brought nothing last time. */
  askAgain(): boolean {
    if (this.#askedAgainAt === this.#received) return false;
    this.#askedAgainAt = this.#received;
    return true;
  }

  /** Nothing of the attempts up to the present one (or up to `attempt`) counts any more. */
  void(attempt = this.#attempt): void {
    this.#advanceTo(Math.max(attempt, this.#attempt));
    this.#voidUpTo = Math.max(this.#voidUpTo, attempt);
    this.#received = 0;
    this.#isWhole = false;
  }

  /**
   * Everything the relay sent before it saw our reopen is void, attempts we have not heard of included. The relay
   * answers in order, so the pong to a ping sent right behind the reopen marks the place.
   */
  bar(token: number): void {
    this.void();
    this.#barrier = token;
  }

  lift(token: number): void {
    if (this.#barrier === token) this.#barrier = undefined;
  }

  /** What was on its way on a lost connection will not come. */
  disconnect(): void {
    this.#barrier = undefined;
  }

  #isOver(attempt: number): boolean {
    if (this.#barrier !== undefined && attempt > this.#voidUpTo) this.void(attempt);
    return attempt < this.#attempt || attempt <= this.#voidUpTo;
  }

  #advanceTo(attempt: number): void {
    if (attempt <= this.#attempt) return;
    this.#attempt = attempt;
    this.#received = 0;
    this.#isWhole = false;
    this.#isAnnounced = false;
    this.#askedAgainAt = -1;
  }
}
