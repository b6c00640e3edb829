import type { EndOfTurnModel } from '#models/registry/end-of-turn';
import type { ModelState } from '../conversation/ports.ts';

/** From the page to the model worker. */
export type ToModelWorker =
  /** The other end of the port is in the hands of whoever asks the models. */
  { type: 'attached'; port: MessagePort };

/** From whoever asks to the models. */
export type ToModels =
  | { type: 'end-of-turn.load' }
  /** Answered exactly once, by `end-of-turn.judged` with the same id. `audio` is transferred. */
  | { type: 'end-of-turn.judge'; id: number; audio: Float32Array<ArrayBuffer> };

export type FromModels =
  /** At once when the port is attached, and at every change. */
  | { type: 'end-of-turn.state'; model: ModelState; thresholds?: Thresholds }
  /** Without a probability: there is no model, or a newer question took this one's place. */
  | { type: 'end-of-turn.judged'; id: number; probability?: number };

/** What is decided by; comes along with `ready`. */
export type Thresholds = Pick<EndOfTurnModel, 'threshold' | 'languageThresholds'>;
