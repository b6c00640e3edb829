/** When a speaker's turn begins and ends, for clients that send nothing but sound. */
export type TurnDetection = ServerVad | SemanticVad;

interface Common {
  /** Whether the end of a turn asks for an answer by itself. */
  createResponse: boolean;
  /** Whether the beginning of a turn stops the answer that is being given. */
  interruptResponse: boolean;
}

/** A turn ends with a silence of fixed length. */
export interface ServerVad extends Common {
  type: 'server-vad';
  /** Probability from which a frame holds voice, in (0, 1). */
  threshold: number;
  /** Sound from before the voice that belongs to the turn. */
  prefixPaddingMs: number;
  silenceDurationMs: number;
  /** Silence after an answer was heard to its end, until the model is asked to go on by itself. */
  idleTimeoutMs?: number;
}

/** A turn ends when it sounds finished; eagerness says how long a doubtful one is waited for. */
export interface SemanticVad extends Common {
  type: 'semantic-vad';
  eagerness: 'low' | 'medium' | 'high' | 'auto';
}

/** Samples are counted at the rate of the input, from the opening of the detector on. */
export type TurnSignal =
  /** Somebody has begun to speak; padding is not taken off. */
  | { kind: 'started'; startSample: number }
  /**
   * A silence that may be the end: an answer may be prepared. `endSample` lies behind the last voice far enough to keep
   * its tail; `stopped` names the same one if nothing more is said.
   */
  | { kind: 'paused'; endSample: number }
  /** The speaker goes on after all. */
  | { kind: 'resumed' }
  | { kind: 'stopped'; endSample: number };

/** Listens to one stream of sound. */
export interface TurnDetector {
  /** PCM16LE mono at the rate it was opened for, whole samples, any length. Costs the caller next to nothing. */
  push(pcm: Uint8Array): void;
  configure(detection: TurnDetection): void;
  /**
   * While an answer is heard only what is surely speech begins a turn: a cough, "mm-hm" or a click must not stop it.
   */
  setAnswering(isAnswering: boolean): void;
  /** What has been said so far is dealt with: the next voice begins a new turn. Sample positions go on. */
  restart(): void;
  /** When all that was pushed so far has been heard and its signals told, or never will be. */
  settled(): Promise<void>;
  close(): void;
}

/** Turn detection and conversion in worker threads. */
export interface Ears {
  open(rateHz: number, detection: TurnDetection, listener: (signal: TurnSignal) => void): TurnDetector;
  /** PCM16LE at LIMITS.inputRateHz of a stretch of sound at another rate. */
  toModelRate(pcm: Uint8Array, rateHz: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
