/** Samples taken at once, at 16 kHz: one frame of the microphone. */
export const BLOCK = 512;
/** Overlap-save: the block and the one before it. */
export const WINDOW = 1024;
export const BINS = 513;
export const RATE_HZ = 16_000;
