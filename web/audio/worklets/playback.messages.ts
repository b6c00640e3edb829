/** Between the page (which makes the node) and the playback worklet, over the node's own port. */
export type PlaybackControl = { type: 'connect'; port: MessagePort } | { type: 'close' };

/**
 * From the call worker to the playback worklet. A `stream` is one answer being played; at most one plays at a time, and
 * anything for a stream that is not the current one is dropped.
 */
export type PlaybackCommand =
  /**
   * The next answer, at full level whatever was ducked before. If another one still plays, it is cut off without a
   * click and reported as `stopped`.
   */
  | { type: 'start'; stream: number; rateHz: number }
  /** PCM16 mono at the stream's rate, in order. Transferred. */
  | { type: 'audio'; stream: number; pcm: Int16Array<ArrayBuffer> }
  /** No more audio follows; `drained` comes once everything has been played. */
  | { type: 'end'; stream: number }
  | { type: 'duck'; gainDb: number; rampMs: number }
  | { type: 'restore'; rampMs: number }
  /**
   * Fades out, in 1 ms at least, and stands still: not one more sample of the stream is taken until `resume`, which goes
   * on right there. Audio and `end` are still taken in, and so is a change of level, for then. An answer that is over
   * within the fade is `drained`; one that stands still does not end unless it is stopped, and does not run dry.
   */
  | { type: 'pause'; stream: number; fadeMs: number }
  /** Goes on at the sample where `pause` stopped, at the level it is ducked to, faded in; turns round a fade out. */
  | { type: 'resume'; stream: number; rampMs: number }
  /**
   * A short sound of our own (1 s at most), mixed over whatever plays and never ducked. One that still sounds is cut
   * off. Transferred.
   */
  | { type: 'cue'; rateHz: number; pcm: Int16Array<ArrayBuffer> }
  /** A used tap buffer comes back. */
  | { type: 'recycle'; pcm: Int16Array<ArrayBuffer> }
  /** Fades out, in 1 ms at least, and forgets the rest; answered by `stopped`, also when the stream is already over. */
  | { type: 'stop'; stream: number; fadeMs: number };

/**
 * From the playback worklet to the call worker. Sample counts are at the stream's own rate: `playedSamples` have left
 * the worklet completely. Every stream that was started ends with `drained` or `stopped`, and after that only answers
 * further stops. Times are in seconds on the audio context's clock.
 */
export type PlaybackEvent =
  /**
   * The first audible sample of the stream (over -50 dBFS) left the worklet at `contextTime`; the `leadMs` of it played
   * before were silence of its own.
   */
  | { type: 'audible'; stream: number; contextTime: number; leadMs: number }
  /**
   * What left the worklet, answer and cues together, after ducking: one frame of `PlaybackOptions.tap`, as the reference
   * for echo. Sent while there is sound and half a second beyond; a gap in `sequence` was silence. The receiver owns the
   * buffer and posts it back.
   */
  | { type: 'tap'; sequence: number; pcm: Int16Array<ArrayBuffer>; endContextTime: number }
  /** About every 50 ms while a stream plays. */
  | { type: 'progress'; stream: number; playedSamples: number; bufferedMs: number; levelDb: number }
  /**
   * The buffer ran dry in mid-answer; playing goes on when the reserve, now `reserveMs`, is filled again. Sent when
   * more audio arrives, because only then is it certain that the answer was not simply over.
   */
  | { type: 'underrun'; stream: number; playedSamples: number; reserveMs: number }
  /** More audio came than `capacityMs` holds, and the surplus is lost: the sender ignores what has been played. */
  | { type: 'overflow'; stream: number; droppedSamples: number }
  /** Everything was played; the last sample had left at `contextTime`. */
  | { type: 'drained'; stream: number; playedSamples: number; contextTime: number }
  /** Silence since `contextTime`; what the fade let through counts as played. */
  | { type: 'stopped'; stream: number; playedSamples: number; contextTime: number };

/** Given to the processor when it is made. */
export interface PlaybackOptions {
  /** Audio gathered before the first sample is played; grows after each underrun up to `maxReserveMs`. */
  reserveMs: number;
  maxReserveMs: number;
  /** The most answer audio held at once; more than the wire's credit, and than `maxReserveMs`. */
  capacityMs: number;
  /** Rate and size of the frames of the tap. */
  tap: { rateHz: number; frameSamples: number };
}
