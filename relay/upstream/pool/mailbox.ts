/** Hands what is told by callback to one reader that waits for it. */
export class Mailbox<T> {
  readonly #letters: T[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  readonly put = (letter: T): void => {
    this.#letters.push(letter);
    this.#wake?.();
  };

  /** What is there already, without waiting. */
  take(): T | undefined {
    return this.#letters.shift();
  }

  /** The next letter; undefined once closed. */
  async next(): Promise<T | undefined> {
    if (this.#letters.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return this.take();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }
}
