import { createHash, type Hash } from 'node:crypto';
import type { Commit } from '#protocol';

/** Two seconds of PCM16LE at 16 kHz: most utterances never grow it, the longest grow it five times. */
const FIRST_CAPACITY_BYTES = 64_000;

export type AddOutcome = 'added' | 'duplicate' | 'gap' | 'full';
export type CheckOutcome = 'whole' | 'short' | 'mismatch';

/** The audio of one utterance as its frames arrive, contiguous from the start and hashed on the way. */
export class Assembly {
  readonly #maxBytes: number;
  #buffer = new Uint8Array(FIRST_CAPACITY_BYTES);
  #bytes = 0;
  #frames = 0;
  #hash: Hash = createHash('sha256');

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Frames held without a gap; the next one wanted has this sequence number. */
  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a copy of `pcm` when it is the next frame. `full` means the length limit: the frame was not taken. */
  add(sequence: number, pcm: Uint8Array): AddOutcome {
    if (sequence < this.#frames) return 'duplicate';
    if (sequence > this.#frames) return 'gap';
    const end = this.#bytes + pcm.length;
    if (end > this.#maxBytes) return 'full';
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.set(pcm, this.#bytes);
    this.#hash.update(pcm);
    this.#bytes = end;
    this.#frames++;
    return 'added';
  }

  /** Compares what is here with what the client says it sent. */
  check(claim: Pick<Commit, 'frames' | 'bytes' | 'sha256'>): CheckOutcome {
    if (this.#frames < claim.frames) return 'short';
    const isSame =
      this.#frames === claim.frames && this.#bytes === claim.bytes && this.#hash.copy().digest('hex') === claim.sha256;
    return isSame ? 'whole' : 'mismatch';
  }

  /** Forgets everything; audio handed out before stays as it was. */
  restart(): void {
    this.#buffer = new Uint8Array(FIRST_CAPACITY_BYTES);
    this.#bytes = 0;
    this.#frames = 0;
    this.#hash = createHash('sha256');
  }

  /** The audio so far: a view that later frames do not change. */
  audio(): Uint8Array {
    return this.#buffer.subarray(0, this.#bytes);
  }

  #grow(neededBytes: number): void {
    const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(neededBytes, this.#buffer.length * 2)));
    grown.set(this.audio());
    this.#buffer = grown;
  }
}
