/** Points of the transform: 25 ms at 16 kHz. */
export const POINTS = 400;

/** In this order they take the transform apart; four and five are the largest factors with short formulas. */
const RADICES = [4, 4, 5, 5];
const COSINE = Float64Array.from({ length: POINTS }, (_, i) => Math.cos((2 * Math.PI * i) / POINTS));
const SINE = Float64Array.from({ length: POINTS }, (_, i) => -Math.sin((2 * Math.PI * i) / POINTS));
const ORDER = inputOrder();

const COS_1 = Math.cos((2 * Math.PI) / 5);
const COS_2 = Math.cos((4 * Math.PI) / 5);
const SIN_1 = Math.sin((2 * Math.PI) / 5);
const SIN_2 = Math.sin((4 * Math.PI) / 5);

/**
 * Discrete Fourier transform of 400 complex points, exp(-2πi·jk/400), in place (Cooley and Tukey, decimation in time).
 * The input must lie in the order `position` tells; the output lies in its natural order. 400 is no power of two, and
 * rounding up to one would not give the frequencies that the model was trained with.
 */
export function transform(re: Float64Array, im: Float64Array): void {
  let span = 1;
  for (const radix of RADICES) {
    for (let offset = 0; offset < span; offset++) {
      // Twiddle factors depend on the offset alone, so it is the outer loop.
      const turn = (offset * POINTS) / (span * radix);
      if (radix === 4) radix4(re, im, offset, span, turn);
      else radix5(re, im, offset, span, turn);
    }
    span *= radix;
  }
}

/** Where in the arrays of `transform` the sample `index` belongs. */
export const position = (index: number): number => ORDER[index]!;

function radix4(re: Float64Array, im: Float64Array, offset: number, span: number, turn: number): void {
  const [c1, s1] = [COSINE[turn]!, SINE[turn]!];
  const [c2, s2] = [COSINE[2 * turn]!, SINE[2 * turn]!];
  const [c3, s3] = [COSINE[3 * turn]!, SINE[3 * turn]!];
  for (let a = offset; a < POINTS; a += 4 * span) {
    const b = a + span;
    const c = b + span;
    const d = c + span;
    const br = re[b]! * c1 - im[b]! * s1;
    const bi = re[b]! * s1 + im[b]! * c1;
    const cr = re[c]! * c2 - im[c]! * s2;
    const ci = re[c]! * s2 + im[c]! * c2;
    const dr = re[d]! * c3 - im[d]! * s3;
    const di = re[d]! * s3 + im[d]! * c3;
    const evenR = re[a]! + cr;
    const evenI = im[a]! + ci;
    const oddR = re[a]! - cr;
    const oddI = im[a]! - ci;
    re[a] = evenR + (br + dr);
    im[a] = evenI + (bi + di);
    re[b] = oddR + (bi - di);
    im[b] = oddI - (br - dr);
    re[c] = evenR - (br + dr);
    im[c] = evenI - (bi + di);
    re[d] = oddR - (bi - di);
    im[d] = oddI + (br - dr);
  }
}

function radix5(re: Float64Array, im: Float64Array, offset: number, span: number, turn: number): void {
  const [c1, s1] = [COSINE[turn]!, SINE[turn]!];
  const [c2, s2] = [COSINE[2 * turn]!, SINE[2 * turn]!];
  const [c3, s3] = [COSINE[3 * turn]!, SINE[3 * turn]!];
  const [c4, s4] = [COSINE[4 * turn]!, SINE[4 * turn]!];
  for (let a = offset; a < POINTS; a += 5 * span) {
    const b = a + span;
    const c = b + span;
    const d = c + span;
    const e = d + span;
    const br = re[b]! * c1 - im[b]! * s1;
    const bi = re[b]! * s1 + im[b]! * c1;
    const cr = re[c]! * c2 - im[c]! * s2;
    const ci = re[c]! * s2 + im[c]! * c2;
    const dr = re[d]! * c3 - im[d]! * s3;
    const di = re[d]! * s3 + im[d]! * c3;
    const er = re[e]! * c4 - im[e]! * s4;
    const ei = re[e]! * s4 + im[e]! * c4;
    const outerR = br + er;
    const outerI = bi + ei;
    const innerR = cr + dr;
    const innerI = ci + di;
    const firstR = re[a]! + COS_1 * outerR + COS_2 * innerR;
    const firstI = im[a]! + COS_1 * outerI + COS_2 * innerI;
    const secondR = re[a]! + COS_2 * outerR + COS_1 * innerR;
    const secondI = im[a]! + COS_2 * outerI + COS_1 * innerI;
    const skewR = SIN_1 * (bi - ei) + SIN_2 * (ci - di);
    const skewI = SIN_1 * (br - er) + SIN_2 * (cr - dr);
    const twistR = SIN_2 * (bi - ei) - SIN_1 * (ci - di);
    const twistI = SIN_2 * (br - er) - SIN_1 * (cr - dr);
    re[a] = re[a]! + outerR + innerR;
    im[a] = im[a]! + outerI + innerI;
    re[b] = firstR + skewR;
    im[b] = firstI - skewI;
    re[e] = firstR - skewR;
    im[e] = firstI + skewI;
    re[c] = secondR + twistR;
    im[c] = secondI - twistI;
    re[d] = secondR - twistR;
    im[d] = secondI + twistI;
  }
}

/** Each stage combines neighbours, so what is `index` mod the last radix apart must lie in blocks, and so on inwards. */
function inputOrder(): Uint16Array {
  return Uint16Array.from({ length: POINTS }, (_, index) => {
    let [rest, block, at] = [index, POINTS, 0];
    for (const radix of [...RADICES].reverse()) {
      block /= radix;
      at += (rest % radix) * block;
      rest = Math.floor(rest / radix);
    }
    return at;
  });
}
