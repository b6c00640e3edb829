/**
 * Lets a client end its turns while the relay listens for their ends too. Whoever is first ends a turn; the other's word
 * about the same turn comes late and changes nothing, instead of asking for an answer to the silence behind it.
 */
export class TurnEnds {
  #state: 'said' | 'spoken' | 'heard' = 'said';

  started(): void {
    this.#state = 'spoken';
  }

  /** The relay has heard the end. It also tells so when it is the client that ends a turn, which changes nothing here. */
  heard(): void {
    if (this.#state === 'spoken') this.#state = 'heard';
  }

  /** The client says that it has finished; false when that was known. */
  said(): boolean {
    const wasHeard = this.#state === 'heard';
    this.#state = 'said';
    return !wasHeard;
  }
}
