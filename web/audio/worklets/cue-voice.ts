import { OutputShaper } from './output-shaper.ts';
import { PlaybackStream } from './playback-stream.ts';

/** Plays short sounds of our own, one at a time: a new one cuts off the one before, without a click. */
export class CueVoice {
  /** What a longer one has beyond this is not played. */
  static readonly MAX_MS = 1_000;
  readonly #contextRateHz: number;
  readonly #shaper: OutputShaper;
  readonly #scratch: Float32Array;
  /** Kept for the next cue of its rate. */
  #source: PlaybackStream | undefined;

  constructor(contextRateHz: number, maxQuantumSamples: number) {
    this.#contextRateHz = contextRateHz;
    this.#shaper = new OutputShaper(contextRateHz);
    this.#scratch = new Float32Array(maxQuantumSamples);
  }

  start(rateHz: number, pcm: Int16Array): void {
    this.#shaper.breakOff();
    this.#shaper.restart();
    if (this.#source?.rateHz === rateHz) this.#source.restart();
    else this.#source = new PlaybackStream(rateHz, this.#contextRateHz, CueVoice.MAX_MS);
    this.#source.write(pcm);
    this.#source.end();
  }

  /** Adds the next `samples` of what sounds, if anything does, to `output`. */
  mix(output: Float32Array, samples: number): void {
    this.#shaper.mixTail(output, 0, samples);
    if (!this.#source || this.#source.isDrained) return;
    const made = this.#source.read(this.#scratch, samples);
    this.#shaper.mix(this.#scratch, output, made);
    if (!this.#source.isDrained) return;
    this.#shaper.breakOff();
    this.#shaper.mixTail(output, made, samples);
  }
}
