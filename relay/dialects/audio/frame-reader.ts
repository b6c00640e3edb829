import { createWireDecoder, type WireFormat } from './wire-audio.ts';

/**
 * Reads binary messages as PCM16LE, whole samples; undefined while there are none. Where PCM was cut within a sample its
 * first half waits for the next message. What holds whole samples is not copied.
 */
export function createFrameReader(format: WireFormat): (bytes: Uint8Array) => Uint8Array | undefined {
  const decode = createWireDecoder(format);
  if (format.encoding !== 'pcm16') return (bytes) => (bytes.length === 0 ? undefined : decode(bytes));
  let half: number | undefined;
  return (bytes) => {
    let whole = bytes;
    if (half !== undefined) {
      whole = new Uint8Array(bytes.length + 1);
      whole[0] = half;
      whole.set(bytes, 1);
      half = undefined;
    }
    if (whole.length % 2 === 1) {
      half = whole[whole.length - 1];
      whole = whole.subarray(0, -1);
    }
    return whole.length === 0 ? undefined : whole;
  };
}
