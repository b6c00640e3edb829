import type { TurnDetection, TurnSignal } from './turn-detection.ts';

/** To a thread. What concerns one stream takes effect in the order in which it was sent, the sound included. */
export type ToThread = ToHearing | Errand;

export type ToHearing =
  | { type: 'open'; stream: number; setup: StreamSetup }
  /** As a SoundBatch. */
  | { type: 'sound'; batch: Uint8Array<ArrayBuffer> }
  | { type: 'control'; stream: number; control: Control }
  /** Of the pause that ends there, in samples at 16 kHz; 0.5 is the model's threshold. */
  | { type: 'judged'; stream: number; endSample: number; judged: number }
  | { type: 'close'; stream: number };

export interface StreamSetup {
  rateHz: number;
  detection: TurnDetection;
  isAnswering: boolean;
  /** Position of its first sample: not 0 where another thread has heard what came before. */
  fromSample: number;
  /** A turn is under way that began before. */
  isInTurn: boolean;
  /** Whether there is a model to ask at a pause. */
  hasJudge: boolean;
  epoch: number;
}

export type Control =
  | { kind: 'configure'; detection: TurnDetection }
  | { kind: 'answering'; isAnswering: boolean }
  /** Signals of an earlier epoch are of no interest any more. */
  | { kind: 'restart'; epoch: number }
  /** Answered when everything before it has been heard. */
  | { kind: 'mark'; mark: number };

/** Work that is not in a hurry, for a thread of its own. Each is answered once. */
export type Errand =
  | { type: 'convert'; id: number; pcm: Uint8Array<ArrayBuffer>; rateHz: number }
  /** Last seconds of a turn at 16 kHz, in [-1, 1], and the file of the network. */
  | { type: 'judge'; id: number; audio: Float32Array<ArrayBuffer>; file: string };

export type FromThread =
  | { type: 'signals'; told: Told[] }
  | { type: 'reached'; stream: number; mark: number }
  /**
   * So much of what was sent has been taken in; sound that was given up since the last time, and what the stream that is
   * furthest behind has still to hear.
   */
  | { type: 'taken'; bytes: number; lostMs: number; behindMs: number }
  | { type: 'asked'; stream: number; endSample: number; audio: Float32Array<ArrayBuffer> }
  | { type: 'converted'; id: number; pcm: Uint8Array<ArrayBuffer> }
  | { type: 'judged'; id: number; probability?: number };

export interface Told {
  stream: number;
  epoch: number;
  signal: TurnSignal;
}
