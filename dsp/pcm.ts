/** 16-bit PCM. Full scale is 32768 in both directions, so that Int16 -> float -> Int16 changes nothing. */
const FULL_SCALE = 32_768;

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Rounds to the nearest step and clips beyond full scale. Writes the first `samples` of `input` to `output`. */
export function floatToInt16(input: Float32Array, output: Int16Array, samples = input.length): void {
  for (let i = 0; i < samples; i++) {
    const scaled = Math.round(input[i]! * FULL_SCALE);
    output[i] = scaled > 32_767 ? 32_767 : scaled < -32_768 ? -32_768 : scaled;
  }
}

export function int16ToFloat(input: Int16Array, output: Float32Array, samples = input.length): void {
  for (let i = 0; i < samples; i++) output[i] = input[i]! / FULL_SCALE;
}

/**
 * Little-endian PCM16 bytes as samples: a view of the same memory where alignment and host allow it, else a copy.
 * A trailing odd byte is left out.
 */
export function bytesToInt16<B extends ArrayBufferLike>(bytes: Uint8Array<B>): Int16Array<B | ArrayBuffer> {
  const samples = bytes.byteLength >> 1;
  if (HOST_IS_LITTLE_ENDIAN && bytes.byteOffset % 2 === 0)
    return new Int16Array(bytes.buffer, bytes.byteOffset, samples);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: samples }, (_, i) => view.getInt16(2 * i, true));
}

/** Samples as little-endian PCM16 bytes: a view of the same memory on a little-endian host, else a copy. */
export function int16ToBytes<B extends ArrayBufferLike>(samples: Int16Array<B>): Uint8Array<B | ArrayBuffer> {
  if (HOST_IS_LITTLE_ENDIAN) return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const bytes = new Uint8Array(samples.byteLength);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => view.setInt16(2 * i, sample, true));
  return bytes;
}
