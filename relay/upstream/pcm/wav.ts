import { failed, ok, type Problem, type Result } from '#kernel/result';

const HEADER_BYTES = 44;

/** A complete WAV file around PCM16LE mono. */
export function toWav(pcm: Uint8Array, rateHz: number): Buffer<ArrayBuffer> {
  const wav = Buffer.alloc(HEADER_BYTES + pcm.length);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(HEADER_BYTES - 8 + pcm.length, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(rateHz * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(pcm.length, 40);
  wav.set(pcm, HEADER_BYTES);
  return wav;
}

export interface StrippedPcm {
  pcm: Buffer;
  /** Of the header, where there was one. */
  rateHz?: number;
}

/**
 * Takes a RIFF header off, whatever its length; bytes without one are PCM already. Servers that stream write data
 * lengths of 0 or 2³²−1, or of a file they have not finished: then everything after the header is audio.
 */
export function stripRiff(bytes: Buffer): Result<StrippedPcm, Problem<'wav-malformed'>> {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return ok({ pcm: bytes });
  let rateHz: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (id === 'data') {
      const isWhole = length > 0 && body + length <= bytes.length;
      const pcm = bytes.subarray(body, isWhole ? body + length : bytes.length);
      return rateHz === undefined ? malformed('data before its format') : ok({ pcm, rateHz });
    }
    if (id === 'fmt ') {
      if (length < 16 || body + 16 > bytes.length) return malformed('short format');
      const channels = bytes.readUInt16LE(body + 2);
      const bits = bytes.readUInt16LE(body + 14);
      if (channels !== 1 || bits !== 16) return malformed(`${channels} channels of ${bits} bits`);
      rateHz = bytes.readUInt32LE(body + 4);
    }
    at = body + length + (length % 2);
  }
  return malformed('no data');
}

const malformed = (detail: string) => failed({ kind: 'wav-malformed' as const, retry: 'never' as const, detail });
