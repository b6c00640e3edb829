/** The line between caller and agent: 16-bit mono, one rate for everything in here; dialects convert at their edge. */
export const LINE_RATE_HZ = 24_000;

/** Sound crosses the line in frames of this length, whatever the tick. */
export const FRAME_MS = 20;
export const FRAME_SAMPLES = (LINE_RATE_HZ * FRAME_MS) / 1000;

export const toSamples = (ms: number): number => Math.round((ms * LINE_RATE_HZ) / 1000);
export const toMs = (samples: number): number => (samples * 1000) / LINE_RATE_HZ;

/** Sound of one end of the line, 16-bit mono at LINE_RATE_HZ. */
export type LineSound = Int16Array<ArrayBuffer>;
