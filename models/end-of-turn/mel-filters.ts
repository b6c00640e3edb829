/** A triangle over a few bins of a power spectrum. */
export interface MelFilter {
  firstBin: number;
  weights: Float64Array;
}

/** Slaney's mel scale (Auditory Toolbox, 1998): linear up to 1 kHz, 27 steps to a factor of 6.4 above. */
const LINEAR_HZ = 1000;
const HZ_PER_MEL = 200 / 3;
const LINEAR_MELS = LINEAR_HZ / HZ_PER_MEL;
const MEL_STEP = Math.log(6.4) / 27;

const toMel = (hz: number): number =>
  hz < LINEAR_HZ ? hz / HZ_PER_MEL : LINEAR_MELS + Math.log(hz / LINEAR_HZ) / MEL_STEP;

const toHz = (mel: number): number =>
  mel < LINEAR_MELS ? mel * HZ_PER_MEL : LINEAR_HZ * Math.exp((mel - LINEAR_MELS) * MEL_STEP);

/**
 * Triangles evenly spaced in mel from 0 Hz to half the rate, each of area one over frequency in Hz (as librosa's
 * `norm="slaney"`), for the bins 0 to `points` / 2 of a transform of `points`.
 */
export function createMelFilters(count: number, points: number, rateHz: number): MelFilter[] {
  const top = toMel(rateHz / 2);
  const corner = (i: number): number => toHz((top * i) / (count + 1));
  return Array.from({ length: count }, (_, i) => {
    const [low, centre, high] = [corner(i), corner(i + 1), corner(i + 2)];
    const binHz = rateHz / points;
    const firstBin = Math.floor(low / binHz) + 1;
    const bins = Math.max(0, Math.ceil(high / binHz) - firstBin);
    const weights = Float64Array.from({ length: bins }, (_, bin) => {
      const hz = (firstBin + bin) * binHz;
      const slope = hz <= centre ? (hz - low) / (centre - low) : (high - hz) / (high - centre);
      return (slope * 2) / (high - low);
    });
    return { firstBin, weights };
  });
}
