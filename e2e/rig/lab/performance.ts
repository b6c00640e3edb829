/** What one subject did during one call, as it was to be heard and counted from outside. Times in ms of the recording. */
export interface Performance {
  /** Stretches in which an answer could be heard, at full level or ducked, and when that answer was asked for. */
  audible: { fromMs: number; toMs: number; askedMs: number }[];
  /** When a turn was declared over, and never taken back. */
  ends: number[];
  /** Every request for an answer, those made on chance included. */
  requests: number;
  /** Where each recording of an utterance that counted began. */
  opened: { fromMs: number; atMs: number }[];
}
