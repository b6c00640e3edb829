/** One of the two companding laws of ITU-T G.711: a sample of telephone sound in one byte, at 8 kHz. */
export interface G711Law {
  encode(samples: Int16Array): Uint8Array<ArrayBuffer>;
  /** Full scale of Int16, as its 14 (mu) or 13 (A) bits are its upper ones. */
  decode(codes: Uint8Array): Int16Array<ArrayBuffer>;
}

export const G711_RATE_HZ = 8_000;

/** What G.711 counts in: the lower bits of a 16-bit sample never change its code. */
const MU_LAW_BITS = 14;
const A_LAW_BITS = 13;
/** Added to a magnitude, it makes the segments of mu-law begin at powers of two. */
const MU_LAW_BIAS = 33;
const MU_LAW_MAX = 8_191 - MU_LAW_BIAS;
/** Every other bit of A-law is inverted, so that silence is no row of zeros on the line. */
const A_LAW_EVEN_BITS = 0x55;
const SIGN = 0x80;

/** Of North America and Japan. Silence is 0xFF; 0x7F is a negative zero, which is decoded to 0 as well. */
export const MU_LAW: G711Law = createLaw(MU_LAW_BITS, toMuLaw, fromMuLaw);

/** Of the rest of the world. It has no zero: silence is 0xD5, which is decoded to 8. */
export const A_LAW: G711Law = createLaw(A_LAW_BITS, toALaw, fromALaw);

function createLaw(bits: number, toCode: (value: number) => number, fromCode: (code: number) => number): G711Law {
  const shift = 16 - bits;
  const half = 1 << (bits - 1);
  const codes = Uint8Array.from({ length: 2 * half }, (_, i) => toCode(i - half));
  const values = Int16Array.from({ length: 256 }, (_, code) => fromCode(code) << shift);
  return {
    encode(samples) {
      const out = new Uint8Array(samples.length);
      for (let i = 0; i < out.length; i++) out[i] = codes[(samples[i]! >> shift) + half]!;
      return out;
    },
    decode(input) {
      const out = new Int16Array(input.length);
      for (let i = 0; i < out.length; i++) out[i] = values[input[i]!]!;
      return out;
    },
  };
}

/** Eight segments, each twice as wide as the one below it, of sixteen steps; all bits inverted. */
function toMuLaw(value: number): number {
  const biased = Math.min(magnitudeOf(value), MU_LAW_MAX) + MU_LAW_BIAS;
  const segment = 26 - Math.clz32(biased);
  const step = (biased >> (segment + 1)) & 0x0f;
  return ~((value < 0 ? SIGN : 0) | (segment << 4) | step) & 0xff;
}

function fromMuLaw(code: number): number {
  const bits = ~code;
  const segment = (bits >> 4) & 0x07;
  const magnitude = ((2 * (bits & 0x0f) + MU_LAW_BIAS) << segment) - MU_LAW_BIAS;
  return bits & SIGN ? -magnitude : magnitude;
}

/** The lowest two segments are of equal width, so that the first 32 steps are one straight line. */
function toALaw(value: number): number {
  const magnitude = magnitudeOf(value);
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const step = (magnitude >> Math.max(1, segment)) & 0x0f;
  return ((value < 0 ? 0 : SIGN) | (segment << 4) | step) ^ A_LAW_EVEN_BITS;
}

function fromALaw(code: number): number {
  const bits = code ^ A_LAW_EVEN_BITS;
  const segment = (bits >> 4) & 0x07;
  const step = 2 * (bits & 0x0f) + 1;
  const magnitude = segment === 0 ? step : (step + 32) << (segment - 1);
  return bits & SIGN ? magnitude : -magnitude;
}

/** In ones' complement, as the Recommendation's reference code has it: -1 lies in the step next to zero, as 0 does. */
function magnitudeOf(value: number): number {
  return value < 0 ? ~value : value;
}
