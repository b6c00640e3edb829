import type { UpstreamProblem } from '../../upstream/upstream.ts';
import type { TurnDetection } from '../../vad/turn-detection.ts';

/** How a stream of speech is to be written down. */
export interface TranscriptionSettings {
  /** Of the PCM16LE that is appended. Changing it forgets what is in the buffer, and so does changing who finds turns. */
  inputRateHz: number;
  /** Undefined: the client says when an utterance ends. */
  turnDetection?: TurnDetection;
  /** BCP 47. */
  language?: string;
  /** Words that are likely to occur. */
  prompt?: string;
}

/**
 * What is told while somebody speaks. Times are milliseconds of the sound that came in. One utterance: speech-started,
 * interims, speech-stopped, committed, and some time after that completed or failed, exactly one of them; these come in
 * the order of the utterances. Without turn detection speech-started and speech-stopped are left out.
 */
export type TranscriptionEvent =
  | { kind: 'speech-started'; itemId: string; startMs: number }
  /** `stable` only grows within an utterance; `tentative` goes on from there and replaces the one before. */
  | { kind: 'interim'; itemId: string; stable: string; tentative: string; language?: string }
  | { kind: 'speech-stopped'; itemId: string; endMs: number }
  | { kind: 'committed'; itemId: string }
  | { kind: 'cleared' }
  /** All of it, whatever the interims said. */
  | { kind: 'completed'; itemId: string; text: string; language?: string }
  | { kind: 'failed'; itemId: string; problem: UpstreamProblem };
