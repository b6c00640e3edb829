/** Between the page (which makes the node) and the playback worklet, over the node's own port. */
export type PlaybackControl = { type: 'connect'; port: MessagePort } | { type: 'close' };

/**
 * From the call worker to the playback worklet. A `stream` is one answer being played; at most one plays at a time, and
 * anything for a stream that is not the current one is dropped.
 */
export type PlaybackCommand =
  | { type: 'start'; stream: number; rateHz: number }
  /** PCM16 mono at the stream's rate, in order. Transferred. */
  | { type: 'audio'; stream: number; pcm: Int16Array<ArrayBuffer> }
  /** No more audio follows; `drained` comes once everything has been played. */
  | { type: 'end'; stream: number }
  | { type: 'duck'; gainDb: number; rampMs: number }
  | { type: 'restore'; rampMs: number }
  /** Fades out and forgets the rest; answered by `stopped`, also when the stream is already over. */
  | { type: 'stop'; stream: number; fadeMs: number };

/** From the playback worklet to the call worker. Sample counts are at the stream's own rate. */
export type PlaybackEvent =
  /** The first audible sample left the worklet at `contextTime` (seconds, audio context's clock). */
  | { type: 'started'; stream: number; contextTime: number }
  /** About every 50 ms while a stream plays. */
  | { type: 'progress'; stream: number; playedSamples: number; bufferedMs: number; levelDb: number }
  /** The buffer ran dry in mid-answer; playing goes on when the reserve is filled again. */
  | { type: 'underrun'; stream: number; playedSamples: number; reserveMs: number }
  | { type: 'drained'; stream: number; playedSamples: number; contextTime: number }
  | { type: 'stopped'; stream: number; playedSamples: number; contextTime: number };

/** Given to the processor when it is made. */
export interface PlaybackOptions {
  /** Audio gathered before the first sample is played; grows after each underrun up to `maxReserveMs`. */
  reserveMs: number;
  maxReserveMs: number;
  /** The longest answer audio held at once; more than the wire's credit. */
  capacityMs: number;
}
