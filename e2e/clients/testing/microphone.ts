import { toBytes, type Recording } from '../../audio/wav.ts';

export const MICROPHONE_RATE_HZ = 24_000;
const SAMPLES_PER_MS = MICROPHONE_RATE_HZ / 1000;
/** Lengths that clients use, in turn: the server must not depend on one. */
const PIECES_MS = [20, 40, 100, 60];

/** Of room behind what was said that still goes out at the faster pace: most turns have been found to be over by then. */
const HURRIED_ROOM_MS = 1_500;

/**
 * A microphone that is never closed: what is to be said, at a multiple of the pace of real time, and the tone of the room
 * in between, at that pace.
 */
export class Microphone {
  readonly #send: (pcm: Uint8Array) => void;
  readonly #pace: number;
  readonly #room = roomTone(1_000);
  #speech = new Int16Array();
  #at = 0;
  #pieces = 0;
  #sentMs = 0;
  /** Of what is to come faster than in real time. */
  #hurriedMs = 0;
  #dueMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #onSaid = () => {};

  constructor(send: (pcm: Uint8Array) => void, pace: number) {
    this.#send = send;
    this.#pace = pace;
  }

  /** Of sound sent since it was opened. */
  get sentMs(): number {
    return this.#sentMs;
  }

  open(): void {
    let lastMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#dueMs += (nowMs - lastMs) * (this.#hurriedMs > 0 ? this.#pace : 1);
      lastMs = nowMs;
      while (this.#dueMs > 0) this.#sendPiece();
    }, 5);
  }

  /** Resolves when the last sample has been sent. */
  say({ samples, rateHz }: Recording): Promise<void> {
    if (rateHz !== MICROPHONE_RATE_HZ) throw new Error(`a recording at ${rateHz} Hz`);
    this.#speech = samples;
    this.#at = 0;
    this.#hurriedMs = (samples.length * 1000) / rateHz + HURRIED_ROOM_MS;
    return new Promise((resolve) => (this.#onSaid = resolve));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sendPiece(): void {
    const ms = PIECES_MS[this.#pieces++ % PIECES_MS.length]!;
    const piece = this.#room.slice(0, ms * SAMPLES_PER_MS);
    if (this.#at < this.#speech.length) {
      piece.set(this.#speech.subarray(this.#at, this.#at + piece.length));
      this.#at += piece.length;
      if (this.#at >= this.#speech.length) this.#onSaid();
    }
    this.#sentMs += ms;
    this.#dueMs -= ms;
    this.#hurriedMs -= ms;
    this.#send(toBytes(piece));
  }
}

/** Noise at -66 dBFS, as in a quiet room. */
function roomTone(ms: number): Int16Array<ArrayBuffer> {
  let state = 7;
  return Int16Array.from({ length: ms * SAMPLES_PER_MS }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * 28);
  });
}
