import { floatToInt16 } from '#dsp/pcm';
import { Resampler } from '#dsp/resampler';
import { FramePool } from './frame-pool.ts';
import type { PlaybackEvent, PlaybackOptions } from './playback.messages.ts';

/** A room rings that long; what listens for an echo needs the silence behind the sound too. */
const LINGER_MS = 500;
/** 8 frames of 32 ms: more than the call worker holds while it is busy with one. */
const POOL_BUFFERS = 8;
const SILENCE = new Float32Array(128);

/**
 * Copies what leaves the loudspeaker, in numbered frames at a rate of its own. In silence it sleeps, and costs nothing;
 * frames are numbered, and samples placed, as if it never had. The event is reused: `emit` has to pass it on at once.
 */
export class PlaybackTap {
  /**
   * A reference for echo may leak 60 dB below itself and fade from 80 % of its band on (6.4 kHz of 8): a room does
   * worse, and it takes a third of the arithmetic.
   */
  static readonly FILTER = { passband: 0.8, stopbandDb: 60 };
  readonly #contextRateHz: number;
  readonly #rateHz: number;
  readonly #emit: (event: PlaybackEvent) => void;
  readonly #resampler: Resampler;
  readonly #gathered: Float32Array;
  readonly #pool: FramePool;
  readonly #event = { type: 'tap' as const, sequence: 0, pcm: new Int16Array(0), endContextTime: 0 };
  /** Inputs and outputs after which an output belongs to the instant of an input again. */
  readonly #periodInputs: number;
  readonly #periodOutputs: number;
  readonly #lingerSamples: number;
  #gatheredSamples = 0;
  /** Samples that left the worklet before the quantum at hand. */
  #inputSamples = 0;
  #silentSamples = Infinity;
  #isAsleep = true;
  /** Earlier frames were silent, or sent before it fell asleep. */
  #firstSequence = 0;

  constructor(
    contextRateHz: number,
    { rateHz, frameSamples }: PlaybackOptions['tap'],
    emit: (event: PlaybackEvent) => void,
  ) {
    this.#contextRateHz = contextRateHz;
    this.#rateHz = rateHz;
    this.#emit = emit;
    this.#resampler = new Resampler({ fromHz: contextRateHz, toHz: rateHz, ...PlaybackTap.FILTER });
    this.#gathered = new Float32Array(frameSamples);
    this.#pool = new FramePool(frameSamples, POOL_BUFFERS);
    this.#periodInputs = contextRateHz / greatestCommonDivisor(contextRateHz, rateHz);
    this.#periodOutputs = (this.#periodInputs * rateHz) / contextRateHz;
    // The frame in which half a second is over is still sent.
    this.#lingerSamples = (LINGER_MS / 1000 + frameSamples / rateHz) * contextRateHz + this.#resampler.delaySamples;
  }

  /** How many buffers exist; constant as long as they come back. */
  get buffersMade(): number {
    return this.#pool.made;
  }

  /** The first `samples` of `output` leave the worklet from `contextTime` on. */
  write(output: Float32Array, samples: number, contextTime: number): void {
    this.#silentSamples = isSilent(output, samples) ? this.#silentSamples + samples : 0;
    if (this.#silentSamples > this.#lingerSamples) {
      this.#isAsleep = true;
    } else {
      if (this.#isAsleep) this.#wake(contextTime);
      this.#feed(output, samples, contextTime);
    }
    this.#inputSamples += samples;
  }

  /** Takes a used buffer back. */
  recycle(pcm: Int16Array<ArrayBuffer>): void {
    this.#pool.recycle(pcm);
  }

  /**
   * Begins anew at an instant at which an input and an output coincide, far enough back for the filter to reach ahead of
   * the sound, with silence up to the quantum at hand. That is 441 samples at most in a 44.1 kHz context, fewer at
   * other usual rates.
   */
  #wake(contextTime: number): void {
    const { delaySamples } = this.#resampler;
    this.#isAsleep = false;
    this.#resampler.reset();
    const soundingInput = this.#inputSamples - delaySamples;
    const periods = Math.max(0, Math.floor(soundingInput / this.#periodInputs));
    const outputs = periods * this.#periodOutputs;
    this.#event.sequence = Math.floor(outputs / this.#gathered.length);
    this.#gatheredSamples = outputs % this.#gathered.length;
    this.#gathered.fill(0, 0, this.#gatheredSamples);
    const soundingOutput = Math.floor((soundingInput * this.#rateHz) / this.#contextRateHz) + 1;
    this.#firstSequence = Math.floor(soundingOutput / this.#gathered.length);
    for (let left = this.#inputSamples - periods * this.#periodInputs; left > 0; left -= SILENCE.length) {
      this.#feed(SILENCE, Math.min(left, SILENCE.length), contextTime);
    }
  }

  #feed(signal: Float32Array, samples: number, contextTime: number): void {
    for (let taken = 0; ;) {
      const wanted = this.#gathered.length - this.#gatheredSamples;
      this.#gatheredSamples += this.#resampler.read(this.#gathered, this.#gatheredSamples, wanted);
      if (this.#gatheredSamples === this.#gathered.length) this.#finishFrame(contextTime);
      else if (taken < samples) taken += this.#resampler.write(signal, taken, samples - taken);
      else return;
    }
  }

  #finishFrame(contextTime: number): void {
    if (this.#event.sequence >= this.#firstSequence) this.#send(contextTime);
    this.#event.sequence++;
    this.#gatheredSamples = 0;
  }

  #send(contextTime: number): void {
    const event = this.#event;
    event.pcm = this.#pool.take();
    floatToInt16(this.#gathered, event.pcm);
    // Output n belongs to the instant n / rate of the timeline; the resampler shifts nothing.
    const lastOutput = (event.sequence + 1) * this.#gathered.length - 1;
    event.endContextTime = contextTime + lastOutput / this.#rateHz - this.#inputSamples / this.#contextRateHz;
    this.#emit(event);
  }
}

function isSilent(signal: Float32Array, samples: number): boolean {
  for (let i = 0; i < samples; i++) if (signal[i] !== 0) return false;
  return true;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
