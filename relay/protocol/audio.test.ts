import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUDIO_HEADER_BYTES, AudioKind, decodeAudio, encodeAudio } from '#protocol';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const frame = fc.record({
  kind: fc.constantFrom(AudioKind.user, AudioKind.reply),
  attempt: fc.integer({ min: 0, max: 255 }),
  handle: fc.integer({ min: 0, max: 0xffff }),
  sequence: u32,
  sample: u32,
  pcm: fc.uint8Array({ maxLength: 64 }).map((bytes) => bytes.subarray(0, bytes.length & ~1)),
});

describe('audio frames', { timeout: 60_000 }, () => {
  it('come back as they were encoded, 100 000 times', () => {
    fc.assert(
      fc.property(frame, (sent) => {
        const decoded = decodeAudio(encodeAudio(sent));
        if (!decoded.ok) throw new Error(decoded.problem.detail);
        const { pcm, ...header } = decoded.value;
        const { pcm: sentPcm, ...sentHeader } = sent;
        return JSON.stringify(header) === JSON.stringify(sentHeader) && Buffer.compare(pcm, sentPcm) === 0;
      }),
      { numRuns: 100_000 },
    );
  });

  it('are decoded or refused, never thrown at, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const decoded = decodeAudio(bytes);
        const isWhole = bytes.length >= AUDIO_HEADER_BYTES && bytes.length % 2 === 0;
        return decoded.ok === (isWhole && (bytes[0] === 1 || bytes[0] === 2));
      }),
      { numRuns: 50_000 },
    );
  });

  it('decode without copying the samples', () => {
    const bytes = encodeAudio({ kind: 1, attempt: 0, handle: 1, sequence: 0, sample: 0, pcm: Uint8Array.of(1, 2) });
    const decoded = decodeAudio(bytes);
    expect(decoded.ok && decoded.value.pcm.buffer).toBe(bytes.buffer);
  });

  it('decode from the middle of a larger buffer', () => {
    const bytes = encodeAudio({ kind: 2, attempt: 3, handle: 258, sequence: 4, sample: 5, pcm: Uint8Array.of(1, 2) });
    const slab = new Uint8Array(bytes.length + 7);
    slab.set(bytes, 7);
    expect(decodeAudio(slab.subarray(7))).toMatchObject({ ok: true, value: { attempt: 3, handle: 258, sample: 5 } });
  });
});
