import { SILERO } from '#models/vad/silero';
import { FRAME_MS, toMs, toSamples } from '#models/vad/voice';
import type { TurnDetection, TurnSignal } from '../turn-detection.ts';
import { TurnMachine } from '../turn-machine.ts';
import { toTurnRules } from '../turn-rules.ts';

const ROOM_DB = -66;
const VOICE_DB = -26;

export const serverVad = (silenceDurationMs: number, threshold = 0.5): TurnDetection => ({
  type: 'server-vad',
  threshold,
  prefixPaddingMs: 300,
  silenceDurationMs,
  createResponse: true,
  interruptResponse: true,
});

export const semanticVad = (eagerness: 'low' | 'medium' | 'high' | 'auto'): TurnDetection => ({
  type: 'semantic-vad',
  eagerness,
  createResponse: true,
  interruptResponse: true,
});

/** What a machine makes of sounds put one after the other: each signal with the time it was told at, in ms. */
export class HeardScene {
  readonly machine: TurnMachine;
  readonly told: (TurnSignal & { atMs: number })[] = [];
  #endSample = 0;
  #onsetSample = 0;
  #lastLoudSample = 0;

  constructor(detection: TurnDetection) {
    this.machine = new TurnMachine(toTurnRules(detection));
  }

  get nowMs(): number {
    return toMs(this.#endSample);
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }

  voice(ms: number, { probability = 0.95, interjection = 0, levelDb = VOICE_DB, floorDb = ROOM_DB } = {}): this {
    if (this.#endSample - this.#lastLoudSample > toSamples(100)) this.#onsetSample = this.#endSample;
    return this.#frames(ms, () => {
      this.#lastLoudSample = this.#endSample;
      return { probability, interjection, levelDb, floorDb };
    });
  }

  silence(ms: number): this {
    return this.#frames(ms, () => ({ probability: 0.02, interjection: 0, levelDb: ROOM_DB, floorDb: ROOM_DB }));
  }

  #frames(ms: number, measure: () => { probability: number; interjection: number; levelDb: number; floorDb: number }) {
    for (let left = Math.round(ms / FRAME_MS); left > 0; left--) {
      this.#endSample += SILERO.frameSamples;
      const endSample = this.#endSample;
      const measured = measure();
      const positions = { lastLoudSample: this.#lastLoudSample, soundOnsetSample: this.#onsetSample };
      const signals = this.machine.hear({ ...measured, endSample, ...positions });
      this.told.push(...signals.map((signal) => ({ ...signal, atMs: this.nowMs })));
    }
    return this;
  }
}
