/** Reads bits, the highest first. Beyond the end it gives zeros and says so. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** The byte being read, and how many of its bits are left. */
  #byte = 0;
  #left = 0;
  #isSpent = false;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Whether more was asked for than there is. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Of the next whole byte; bits left over of the one before are dropped. */
  get byteAt(): number {
    this.#left = 0;
    return this.#at;
  }

  unsigned(bits: number): number {
    let value = 0;
    for (let wanted = bits; wanted > 0;) {
      if (this.#left === 0) this.#next();
      const taken = Math.min(wanted, this.#left);
      this.#left -= taken;
      // Not shifted: values reach 33 bits.
      value = value * 2 ** taken + ((this.#byte >> this.#left) & ((1 << taken) - 1));
      wanted -= taken;
    }
    return value;
  }

  signed(bits: number): number {
    const value = this.unsigned(bits);
    return bits > 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  /** How many zeros come before the next one, which is taken as well. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      if (this.#left === 0) this.#next();
      if (this.#isSpent) return zeros;
      const rest = this.#byte & ((1 << this.#left) - 1);
      const here = this.#left - (32 - Math.clz32(rest));
      zeros += here;
      this.#left -= here;
      if (rest === 0) continue;
      this.#left--;
      return zeros;
    }
  }

  #next(): void {
    this.#isSpent ||= this.#at >= this.#bytes.length;
    this.#byte = this.#bytes[this.#at++] ?? 0;
    this.#left = 8;
  }
}
