import type { Ears, TurnDetection, TurnDetector, TurnSignal } from '../../vad/turn-detection.ts';

/** Ends whatever the detector holds for unfinished: longer than any silence it may be told to wait for. */
const CLOSING_SILENCE_MS = 7_000;

/** The turn detection of one stream of sound, on while it is wanted; its signals come by the samples of the stream. */
export class TurnFinder {
  readonly #ears: Ears;
  readonly #listener: (signal: TurnSignal) => void;
  #detector: TurnDetector | undefined;

  constructor(ears: Ears, listener: (signal: TurnSignal) => void) {
    this.#ears = ears;
    this.#listener = listener;
  }

  get isOn(): boolean {
    return this.#detector !== undefined;
  }

  /** `fromSample`: number of the first sample that will be pushed. */
  open(rateHz: number, detection: TurnDetection, fromSample: number): void {
    const detector = this.#ears.open(rateHz, detection, (signal) => {
      // What a closed one has still to say belongs to nobody.
      if (this.#detector !== detector) return;
      this.#listener(shift(signal, fromSample));
    });
    this.#detector = detector;
  }

  configure(detection: TurnDetection): void {
    this.#detector?.configure(detection);
  }

  push(pcm: Uint8Array): void {
    this.#detector?.push(pcm);
  }

  restart(): void {
    this.#detector?.restart();
  }

  close(): void {
    this.#detector?.close();
    this.#detector = undefined;
  }

  /** Resolves when all is told that will be told of what was pushed so far. */
  async settled(): Promise<void> {
    await this.#detector?.settled();
  }

  /** Nothing more will be pushed: resolves when all is told that will be told of what was. */
  async settle(rateHz: number): Promise<void> {
    if (!this.#detector) return;
    this.push(new Uint8Array(2 * Math.round((CLOSING_SILENCE_MS * rateHz) / 1000)));
    await this.#detector.settled();
  }
}

function shift(signal: TurnSignal, bySamples: number): TurnSignal {
  if ('startSample' in signal) return { ...signal, startSample: signal.startSample + bySamples };
  return 'endSample' in signal ? { ...signal, endSample: signal.endSample + bySamples } : signal;
}
