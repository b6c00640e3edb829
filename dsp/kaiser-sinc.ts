/**
 * Low-pass filters as a sinc cut short by a Kaiser window, laid out as a bank of phases for resampling.
 * Formulas: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974.
 */
export interface FilterShape {
  /** -6 dB point, in cycles per input sample. */
  cutoff: number;
  /** Half the length of the filter, in input samples; the filter is zero from there on. */
  halfSamples: number;
  /** Kaiser's window parameter. */
  beta: number;
}

/** The shortest filter that passes up to `pass` and is `stopbandDb` down from `stop` on (cycles per input sample). */
export function designLowPass(pass: number, stop: number, stopbandDb: number): FilterShape {
  if (stopbandDb < 50) throw new RangeError('the window formula used here holds from 50 dB on');
  const widthRadians = 2 * Math.PI * (stop - pass);
  const orderSamples = (stopbandDb - 7.95) / (2.285 * widthRadians);
  return {
    cutoff: (pass + stop) / 2,
    // Even, so that the number of taps is a multiple of four and the inner loop needs no remainder.
    halfSamples: 2 * Math.ceil(orderSamples / 4),
    beta: 0.1102 * (stopbandDb - 8.7),
  };
}

/**
 * `rows` filters of `2 * halfSamples` taps, one after the other; row r serves an output that lies `r / phases` of an
 * input sample after its neighbour. Every row adds up to exactly 1, so that a constant stays constant.
 */
export function buildPhaseBank(shape: FilterShape, phases: number, rows: number): Float32Array<ArrayBuffer> {
  const taps = 2 * shape.halfSamples;
  const bank = new Float32Array(rows * taps);
  const row = new Float64Array(taps);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const value = impulseAt(shape, r / phases + shape.halfSamples - 1 - k);
      row[k] = value;
      sum += value;
    }
    for (let k = 0; k < taps; k++) bank[r * taps + k] = row[k]! / sum;
  }
  return bank;
}

function impulseAt({ cutoff, halfSamples, beta }: FilterShape, samples: number): number {
  const reach = samples / halfSamples;
  if (Math.abs(reach) >= 1) return 0;
  const angle = 2 * Math.PI * cutoff * samples;
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  return (sinc * besselI0(beta * Math.sqrt(1 - reach * reach))) / besselI0(beta);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarterSquare = (x * x) / 4;
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarterSquare / (k * k);
    sum += term;
  }
  return sum;
}
