import { bytesToInt16, floatToInt16, int16ToBytes, int16ToFloat } from '#dsp/pcm';
import { resample } from '#dsp/resampler';
import { LIMITS } from '#protocol';
import type { Ears, TurnDetection, TurnDetector, TurnSignal } from '../../../vad/turn-detection.ts';

/** A detector that hears what the test tells it to. */
export class ScriptedDetector implements TurnDetector {
  readonly rateHz: number;
  detection: TurnDetection;
  samples = 0;
  isAnswering = false;
  restarts = 0;
  isClosed = false;
  /** Of what was pushed before. */
  hearing: Promise<void> = Promise.resolve();
  readonly #listener: (signal: TurnSignal) => void;

  constructor(rateHz: number, detection: TurnDetection, listener: (signal: TurnSignal) => void) {
    this.rateHz = rateHz;
    this.detection = detection;
    this.#listener = listener;
  }

  signal(signal: TurnSignal): void {
    this.#listener(signal);
  }

  push(pcm: Uint8Array): void {
    this.samples += pcm.length / 2;
  }

  configure(detection: TurnDetection): void {
    this.detection = detection;
  }

  setAnswering(isAnswering: boolean): void {
    this.isAnswering = isAnswering;
  }

  restart(): void {
    this.restarts++;
  }

  settled(): Promise<void> {
    return this.hearing;
  }

  close(): void {
    this.isClosed = true;
  }
}

export class ScriptedEars implements Ears {
  readonly detectors: ScriptedDetector[] = [];

  /** The one that was opened last. */
  get detector(): ScriptedDetector {
    const last = this.detectors.at(-1);
    if (!last) throw new Error('nobody listens');
    return last;
  }

  open(rateHz: number, detection: TurnDetection, listener: (signal: TurnSignal) => void): TurnDetector {
    const detector = new ScriptedDetector(rateHz, detection, listener);
    this.detectors.push(detector);
    return detector;
  }

  toModelRate(pcm: Uint8Array, rateHz: number): Promise<Uint8Array> {
    if (rateHz === LIMITS.inputRateHz) return Promise.resolve(pcm);
    const samples = bytesToInt16(pcm);
    const input = new Float32Array(samples.length);
    int16ToFloat(samples, input);
    const output = resample(input, rateHz, LIMITS.inputRateHz);
    const converted = new Int16Array(output.length);
    floatToInt16(output, converted);
    return Promise.resolve(int16ToBytes(converted));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
