/**
 * Lets a client end its turns while the relay listens for their ends too. Whoever is first ends a turn; the other's word
 * about the same turn comes late and changes nothing, instead of asking for an answer to the silence behind it.
 */
export class TurnEnds {
  #state: 'quiet' | 'spoken' | 'heard' = 'quiet';

  /** Somebody speaks and has not finished. */
  get isSpoken(): boolean {
    return this.#state === 'spoken';
  }

  started(): void {
    this.#state = 'spoken';
  }

  /** The relay has heard the end. */
  heard(): void {
    this.#state = 'heard';
  }

  /** The client says that it has finished; false when that was known. */
  said(): boolean {
    const wasHeard = this.#state === 'heard';
    this.#state = 'quiet';
    return !wasHeard;
  }
}
