import { A_LAW, G711_RATE_HZ, MU_LAW, type G711Law } from '#dsp/g711';
import { Int16Resampler } from '#dsp/int16-resampler';
import { bytesToInt16, int16ToBytes } from '#dsp/pcm';

/** How sound is written on a wire. PCM is 16 bit little endian, mono; G.711 is 8 kHz, one byte a sample. */
export type WireFormat =
  { encoding: 'pcm16'; rateHz: 8_000 | 16_000 | 24_000 } | { encoding: 'pcmu' } | { encoding: 'pcma' };

/**
 * Of answers whose rate is changed: 0.13 ms for 100 ms from 24 to 8 kHz. Telephones pass no more than 3.4 kHz, and 60 dB
 * lie far below the noise of G.711; the finer filter of the browser's sound (0.9, 90 dB) costs twice as much.
 */
const FILTER = { passband: 0.85, stopbandDb: 60 };

const NOTHING = new Uint8Array(0);

/** Of what a decoder of this format gives, and of what its encoder writes. */
export const inputRateOf = (format: WireFormat): number => ('rateHz' in format ? format.rateHz : G711_RATE_HZ);

function lawOf(format: WireFormat): G711Law | undefined {
  if (format.encoding === 'pcm16') return undefined;
  return format.encoding === 'pcmu' ? MU_LAW : A_LAW;
}

/** Bytes of the wire as PCM16LE at `inputRateOf(format)`; of PCM itself the same bytes, whose number must be even. */
export function createWireDecoder(format: WireFormat): (bytes: Uint8Array) => Uint8Array {
  const law = lawOf(format);
  return law ? (bytes) => int16ToBytes(law.decode(bytes)) : (bytes) => bytes;
}

/** Writes one sound after the other for the wire. */
export interface WireEncoder {
  /** `pcm` is PCM16LE, whole samples; it is given back itself where nothing is to be changed. */
  encode(pcm: Uint8Array, rateHz: number): Uint8Array;
  /** The last milliseconds of a sound whose rate is changed, else nothing; afterwards another may begin. */
  finish(): Uint8Array;
}

export function createWireEncoder(format: WireFormat): WireEncoder {
  const toHz = inputRateOf(format);
  const law = lawOf(format);
  const write = (samples: Int16Array): Uint8Array => (law ? law.encode(samples) : int16ToBytes(samples));
  let resampler: Int16Resampler | undefined;

  const convert = (pcm: Uint8Array, rateHz: number): Uint8Array => {
    if (rateHz === toHz) return law ? write(bytesToInt16(pcm)) : pcm;
    if (resampler?.fromHz !== rateHz) resampler = new Int16Resampler({ fromHz: rateHz, toHz, ...FILTER });
    return write(resampler.push(bytesToInt16(pcm)));
  };
  const finish = (): Uint8Array => (resampler ? write(resampler.finish()) : NOTHING);

  return {
    encode(pcm, rateHz) {
      const rest = resampler !== undefined && resampler.fromHz !== rateHz ? finish() : NOTHING;
      const bytes = convert(pcm, rateHz);
      return rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    },
    finish,
  };
}
