/** What silence reads as, instead of minus infinity; below anything 16 bits can hold. */
export const FLOOR_DB = -120;

/** Amplitude (1 is full scale) in dBFS, never below the floor. A full-scale sine has an RMS of -3.01 dBFS. */
export function toDbfs(amplitude: number): number {
  return amplitude > 1e-6 ? 20 * Math.log10(amplitude) : FLOOR_DB;
}

export const fromDb = (db: number): number => 10 ** (db / 20);

/** Root mean square level of the first `samples`, in dBFS. */
export function rmsDbfs(signal: Float32Array, samples = signal.length): number {
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += signal[i]! * signal[i]!;
  return samples === 0 ? FLOOR_DB : toDbfs(Math.sqrt(sum / samples));
}

/** The largest magnitude among the first `samples`, in dBFS. */
export function peakDbfs(signal: Float32Array, samples = signal.length): number {
  let peak = 0;
  for (let i = 0; i < samples; i++) peak = Math.max(peak, Math.abs(signal[i]!));
  return toDbfs(peak);
}
