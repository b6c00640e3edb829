import type { NoiseSuppressor } from './noise-suppression.ts';

/** Until a newly opened microphone delivers (up to 80 ms were seen) and a suppressor has let go of its probe tone. */
const SETTLE_SECONDS = 0.1;
const FADE_SECONDS = 0.02;

/** One that was replaced may be stopped after this long; until then it is still heard. */
export const LANE_SWAP_MS = 1000 * (SETTLE_SECONDS + FADE_SECONDS) + 50;

/**
 * The way of one microphone to the capture worklet. Two of them overlap when one takes the place of the other, so that
 * nothing of what is being said falls between them.
 */
export class InputLane {
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #gain: GainNode;

  /** @throws where the browser refuses a stream whose rate is not the context's (older Firefox) */
  constructor(context: AudioContext, stream: MediaStream, suppressor?: NoiseSuppressor) {
    this.#context = context;
    this.#source = context.createMediaStreamSource(stream);
    this.#gain = new GainNode(context, { gain: 0 });
    if (suppressor) {
      this.#source.connect(suppressor.input);
      suppressor.output.connect(this.#gain);
    } else this.#source.connect(this.#gain);
  }

  /** Into `capture`; when it follows another lane or has something to settle, after a moment. */
  open(capture: AudioNode, isSettling: boolean): void {
    this.#gain.connect(capture);
    const { gain } = this.#gain;
    const startTime = this.#context.currentTime + (isSettling ? SETTLE_SECONDS : 0);
    gain.setValueAtTime(0, startTime);
    gain.linearRampToValueAtTime(1, startTime + FADE_SECONDS);
  }

  /** Fades out while the next one fades in, then lets go. */
  giveWay(): void {
    const { gain } = this.#gain;
    const startTime = this.#context.currentTime + SETTLE_SECONDS;
    gain.setValueAtTime(1, startTime);
    gain.linearRampToValueAtTime(0, startTime + FADE_SECONDS);
    setTimeout(() => this.close(), LANE_SWAP_MS);
  }

  close(): void {
    this.#source.disconnect();
    this.#gain.disconnect();
  }
}
