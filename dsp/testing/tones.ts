/** Signals for tests, and the measurements that judge what became of them. */

export function sine(rateHz: number, toneHz: number, samples: number, amplitude = 0.5): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: samples }, (_, i) => amplitude * Math.sin((2 * Math.PI * toneHz * i) / rateHz));
}

export interface SineFit {
  amplitude: number;
  /** Radians; 0 for a sine that starts at the first sample given. */
  phase: number;
  /** Power of the fitted tone over the power of all that is not this tone, in dB. */
  snrDb: number;
  /** RMS of what is not this tone. */
  residualRms: number;
}

/** Least-squares fit of one sine of known frequency, so that what is left over is noise, distortion and images. */
export function fitSine(signal: Float32Array, rateHz: number, toneHz: number): SineFit {
  const step = (2 * Math.PI * toneHz) / rateHz;
  let ss = 0;
  let cc = 0;
  let sc = 0;
  let xs = 0;
  let xc = 0;
  signal.forEach((x, i) => {
    const s = Math.sin(step * i);
    const c = Math.cos(step * i);
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += x * s;
    xc += x * c;
  });
  const determinant = ss * cc - sc * sc;
  const a = (xs * cc - xc * sc) / determinant;
  const b = (xc * ss - xs * sc) / determinant;
  let tone = 0;
  let rest = 0;
  signal.forEach((x, i) => {
    const fitted = a * Math.sin(step * i) + b * Math.cos(step * i);
    tone += fitted * fitted;
    rest += (x - fitted) ** 2;
  });
  return {
    amplitude: Math.hypot(a, b),
    phase: Math.atan2(b, a),
    snrDb: 10 * Math.log10(tone / rest),
    residualRms: Math.sqrt(rest / signal.length),
  };
}

/** 0 for nothing at all. */
export function rms(signal: Float32Array): number {
  let sum = 0;
  for (const x of signal) sum += x * x;
  return signal.length === 0 ? 0 : Math.sqrt(sum / signal.length);
}

/** How far `actual` is from `expected`, as expected power over error power, in dB. */
export function snrDb(actual: Float32Array, expected: Float32Array): number {
  const error = actual.map((x, i) => x - (expected[i] ?? 0));
  return 20 * Math.log10(rms(expected) / rms(error));
}

export const toDb = (ratio: number): number => 20 * Math.log10(ratio);
