import type { Ears, TurnDetection, TurnDetector, TurnSignal } from '../../../vad/turn-detection.ts';

/** One stream that a test finds the turns of. */
export class ScriptedDetector implements TurnDetector {
  readonly rateHz: number;
  detection: TurnDetection;
  pushedSamples = 0;
  restarts = 0;
  isClosed = false;
  readonly #listener: (signal: TurnSignal) => void;

  constructor(rateHz: number, detection: TurnDetection, listener: (signal: TurnSignal) => void) {
    this.rateHz = rateHz;
    this.detection = detection;
    this.#listener = listener;
  }

  tell(signal: TurnSignal): void {
    this.#listener(signal);
  }

  push(pcm: Uint8Array): void {
    this.pushedSamples += pcm.length / 2;
  }

  configure(detection: TurnDetection): void {
    this.detection = detection;
  }

  setAnswering(): void {}

  restart(): void {
    this.restarts++;
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Ears that hear what a test says. */
export class ScriptedEars implements Ears {
  readonly detectors: ScriptedDetector[] = [];

  get last(): ScriptedDetector {
    const detector = this.detectors.at(-1);
    if (!detector) throw new Error('no turn detection was opened');
    return detector;
  }

  open(rateHz: number, detection: TurnDetection, listener: (signal: TurnSignal) => void): TurnDetector {
    const detector = new ScriptedDetector(rateHz, detection, listener);
    this.detectors.push(detector);
    return detector;
  }

  /** Takes every second sample of twice the rate, and nothing else. */
  toModelRate(pcm: Uint8Array, rateHz: number): Promise<Uint8Array> {
    if (rateHz === 16_000) return Promise.resolve(pcm);
    const step = rateHz / 16_000;
    const samples = new Int16Array(pcm.slice().buffer);
    const kept = Int16Array.from({ length: samples.length / step }, (_, i) => samples[Math.floor(i * step)] ?? 0);
    return Promise.resolve(new Uint8Array(kept.buffer));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
