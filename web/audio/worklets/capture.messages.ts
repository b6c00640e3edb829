/** Between the page (which makes the node) and the capture worklet, over the node's own port. */
export type CaptureControl = { type: 'connect'; port: MessagePort } | { type: 'close' };

/** Given to the processor when it is made; nothing is decided later, so `process()` never allocates for it. */
export interface CaptureOptions {
  /** Rate of the frames handed out; the context's own rate is the input. */
  targetRateHz: number;
  frameSamples: number;
}

/** One frame of the microphone, from the capture worklet to the call worker. */
export interface CaptureFrame {
  type: 'frame';
  /** 0, 1, 2 … since the port was connected, also while no microphone is attached; a gap means frames were lost. */
  sequence: number;
  /** `frameSamples` of mono PCM at the target rate; the receiver owns the buffer and posts it back to be used again. */
  pcm: Int16Array<ArrayBuffer>;
  /** When the last sample of the frame was captured, on the audio context's clock, in seconds. */
  endContextTime: number;
  /** Root mean square level in dB relative to full scale; -Infinity becomes -120. */
  levelDb: number;
  /** Samples at full scale in the device's own signal (before resampling), while this frame was gathered. */
  clipped: number;
}

/** A used buffer comes back to the capture worklet. */
export interface CaptureRecycle {
  type: 'recycle';
  pcm: Int16Array<ArrayBuffer>;
}
