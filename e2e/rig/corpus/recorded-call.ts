/** What the microphone hears in one call, and what is truly said in it. Times in ms from the first sample. */
export interface RecordedCall {
  id: string;
  /** What it is about, such as `pause in mid-sentence`. */
  group: string;
  /** Mono in [-1, 1] at 16 kHz. */
  samples: Float32Array;
  turns: SpokenTurn[];
  /** Short sounds over the answer that are nobody's turn: coughs, hums. */
  interjections: Span[];
  /** An answer that plays from here, whatever was said before. */
  assistant?: { startMs: number; speechMs: Span[] };
}

export interface Span {
  onsetMs: number;
  offsetMs: number;
}

export interface SpokenTurn extends Span {
  /** Silences inside the turn that were put there or labelled. */
  pauses: Span[];
}

export const RATE_HZ = 16_000;
export const toSamples = (ms: number): number => Math.round((ms * RATE_HZ) / 1000);
export const toMs = (samples: number): number => (samples * 1000) / RATE_HZ;
