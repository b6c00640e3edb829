import { failed, type Problem } from '#kernel/result';

/** A stretch of decoded sound; one array per channel, all of one length, full scale at 1. */
export interface AudioBlock {
  rateHz: number;
  channels: readonly Float32Array[];
}

/** A recording, decoded as it is read: about a second at a time, so that nothing else waits long for its turn. */
export interface AudioFile {
  /** Where the file tells. */
  durationMs?: number;
  /** Once. What is damaged in the middle is passed over. */
  blocks(): Iterable<AudioBlock>;
}

export type AudioFileProblem = Problem<'audio-unsupported' | 'audio-invalid'>;

export const unsupported = (detail: string): { ok: false; problem: AudioFileProblem } =>
  failed({ kind: 'audio-unsupported', retry: 'never', detail });
export const invalid = (detail: string): { ok: false; problem: AudioFileProblem } =>
  failed({ kind: 'audio-invalid', retry: 'never', detail });

/** Sound at rates no resampler here takes is no speech. */
export function hasUsableShape(rateHz: number, channelCount: number): boolean {
  return rateHz >= 8_000 && rateHz <= 192_000 && channelCount >= 1 && channelCount <= 32;
}
