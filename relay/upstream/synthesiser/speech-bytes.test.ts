import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWav } from '../pcm/wav.ts';
import { SpeechBytes } from './speech-bytes.ts';

function read(bytes: Buffer, sizes: readonly number[] = [bytes.length]) {
  const reader = new SpeechBytes(24_000);
  const pieces: Buffer[] = [];
  let rateHz: number | undefined;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    const result = reader.push(bytes.subarray(at, at + size));
    if (!result.ok) return result.problem.detail ?? '';
    expect(result.value.pcm.length % 2).toBe(0);
    if (result.value.pcm.length > 0) rateHz = result.value.rateHz;
    pieces.push(result.value.pcm);
    at += size;
  }
  return { pcm: Buffer.concat(pieces), rateHz, isCutShort: reader.isCutShort };
}
const pcm = Buffer.from(Uint8Array.from({ length: 400 }, (_, i) => (i * 37) % 256));

function withLength(bytes: number): Buffer {
  const wav = toWav(pcm, 22_050);
  wav.writeUInt32LE(bytes, 40);
  return wav;
}

describe('the bytes of speech', () => {
  it('are samples at the expected rate where they have no header', () => {
    expect(read(pcm)).toEqual({ pcm, rateHz: 24_000, isCutShort: false });
  });

  it('tell their rate in a header, and what stands after the samples is not played', () => {
    const trailer = Buffer.from('LIST\x04\x00\x00\x00INFO', 'latin1');
    expect(read(Buffer.concat([toWav(pcm, 22_050), trailer]))).toEqual({ pcm, rateHz: 22_050, isCutShort: false });
  });

  it.each([0, 0xffffffff, 0x7fffffff])('are all that comes where the header says %i', (length) => {
    expect(read(withLength(length))).toEqual({ pcm, rateHz: 22_050, isCutShort: false });
  });

  it('are known to be cut short where the header promised more', () => {
    expect(read(withLength(500))).toEqual({ pcm, rateHz: 22_050, isCutShort: true });
    expect(read(toWav(pcm, 22_050).subarray(0, 30))).toMatchObject({ isCutShort: true });
  });

  it.each([
    ['MP3', Buffer.from('ID3\x04\x00\x00rest', 'latin1'), 'compressed audio'],
    ['Ogg', Buffer.from('OggS\x00\x02rest', 'latin1'), 'compressed audio'],
    ['FLAC', Buffer.from('fLaC\x00rest', 'latin1'), 'compressed audio'],
    [
      'a header without end',
      Buffer.concat([toWav(pcm, 8_000).subarray(0, 36), Buffer.alloc(70_000, 1)]),
      'RIFF header: too long',
    ],
  ])('are not played where they are %s', (_, bytes, detail) => {
    expect(read(bytes)).toBe(detail);
  });

  it('are not played in stereo', () => {
    const stereo = toWav(pcm, 24_000);
    stereo.writeUInt16LE(2, 22);
    expect(read(stereo)).toBe('RIFF header: 2 channels of 16 bits');
  });

  it('come out the same however they are cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    const inputs = fc.constantFrom(pcm, toWav(pcm, 44_100), withLength(0), withLength(600));
    fc.assert(
      fc.property(inputs, sizes, (bytes, by) => {
        expect(read(bytes, by)).toEqual(read(bytes));
      }),
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (tail, isRiff) => {
        const head = isRiff ? Buffer.from('RIFF\x00\x00\x00\x00WAVE', 'latin1') : Buffer.alloc(0);
        read(Buffer.concat([head, tail]), [3]);
      }),
    );
  });
});
