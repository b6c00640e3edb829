/** Cuts a stream of PCM16 bytes at sample bounds: servers and networks cut it anywhere. */
export class WholeSamples {
  #oddByte: Buffer = Buffer.alloc(0);

  /** As much as is whole; a last odd byte waits for its other half. */
  push(bytes: Buffer): Buffer {
    const all = this.#oddByte.length > 0 ? Buffer.concat([this.#oddByte, bytes]) : bytes;
    const wholeBytes = all.length - (all.length % 2);
    this.#oddByte = all.subarray(wholeBytes);
    return all.subarray(0, wholeBytes);
  }
}
