/** One channel of 16-bit samples and their rate. */
export interface Recording {
  samples: Int16Array<ArrayBuffer>;
  rateHz: number;
}

/** Reads a PCM16 mono WAV file with chunks in any order; throws on anything else. */
export function parseWav(file: Uint8Array): Recording {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number) => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error('not a WAV file');
  let rateHz = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === 'fmt ') {
      const [coding, channels, bits] = [0, 2, 14].map((offset) => view.getUint16(body + offset, true));
      if (coding !== 1 || channels !== 1 || bits !== 16)
        throw new Error(`WAV: coding ${coding}, ${channels} × ${bits} bit`);
      rateHz = view.getUint32(body + 4, true);
    }
    if (tag(at) === 'data' && rateHz > 0) return { samples: toSamples(file.subarray(body, body + length)), rateHz };
    at = body + length + (length % 2);
  }
  throw new Error('WAV without audio');
}

export function encodeWav({ samples, rateHz }: Recording): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(44 + samples.byteLength);
  const view = new DataView(file.buffer);
  const write = (at: number, text: string) => file.set(new TextEncoder().encode(text), at);
  write(0, 'RIFF');
  view.setUint32(4, 36 + samples.byteLength, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, samples.byteLength, true);
  file.set(toBytes(samples), 44);
  return file;
}

/** PCM16LE bytes, at any alignment, as samples of their own. */
export function toSamples(pcm: Uint8Array): Int16Array<ArrayBuffer> {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Int16Array.from({ length: pcm.length >> 1 }, (_, i) => view.getInt16(2 * i, true));
}

export function toBytes(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (const [i, sample] of samples.entries()) view.setInt16(2 * i, sample, true);
  return bytes;
}
