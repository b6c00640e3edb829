import { G711_RATE_HZ, MU_LAW } from '#dsp/g711';
import { bytesToInt16, int16ToBytes } from '#dsp/pcm';
import { LINE_RATE_HZ } from './line.ts';
import { RateConverter } from './rate-converter.ts';

/** `isFromTelephone`: the sound has been through a telephone before it got there. */
export type WireEncoding = { encoding: 'pcm16'; rateHz: number; isFromTelephone?: boolean } | { encoding: 'pcmu' };

const rateOf = (wire: WireEncoding): number => (wire.encoding === 'pcmu' ? G711_RATE_HZ : wire.rateHz);

/** Sound of the line as bytes of a wire. */
export class WireEncoder {
  readonly #isG711: boolean;
  readonly #telephone: RateConverter | undefined;
  readonly #rate: RateConverter;

  constructor(wire: WireEncoding) {
    this.#isG711 = wire.encoding === 'pcmu';
    const isFromTelephone = wire.encoding === 'pcm16' && wire.isFromTelephone === true;
    this.#telephone = isFromTelephone ? new RateConverter(LINE_RATE_HZ, G711_RATE_HZ) : undefined;
    this.#rate = new RateConverter(isFromTelephone ? G711_RATE_HZ : LINE_RATE_HZ, rateOf(wire));
  }

  encode(samples: Int16Array): Uint8Array {
    const near = this.#telephone ? MU_LAW.decode(MU_LAW.encode(this.#telephone.convert(samples))) : samples;
    const converted = this.#rate.convert(near);
    return this.#isG711 ? MU_LAW.encode(converted) : int16ToBytes(converted);
  }
}

/** Bytes of a wire as sound of the line; pieces may be cut anywhere, also inside of a sample. */
export class WireDecoder {
  readonly #wire: WireEncoding;
  readonly #rate: RateConverter;
  #oddByte: number | undefined;

  constructor(wire: WireEncoding) {
    this.#wire = wire;
    this.#rate = new RateConverter(rateOf(wire), LINE_RATE_HZ);
  }

  decode(bytes: Uint8Array): Int16Array<ArrayBuffer> {
    if (this.#wire.encoding === 'pcmu') return this.#rate.convert(MU_LAW.decode(bytes));
    const whole = this.#withOddByte(bytes);
    return this.#rate.convert(bytesToInt16(whole));
  }

  /** The end of a stream of sound. */
  finish(): Int16Array<ArrayBuffer> {
    this.#oddByte = undefined;
    return this.#rate.flush();
  }

  #withOddByte(bytes: Uint8Array): Uint8Array {
    const held = this.#oddByte;
    const joined = held === undefined ? bytes : Uint8Array.of(held, ...bytes);
    this.#oddByte = joined.length % 2 === 1 ? joined.at(-1) : undefined;
    return joined.subarray(0, joined.length & ~1);
  }
}
