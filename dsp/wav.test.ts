import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWav, openWav, parseWav } from './wav.ts';

const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0));

interface WavParts {
  tag?: number;
  bits?: number;
  channels?: number;
  data: number[];
  dataSize?: number;
  riffSize?: number;
  before?: number[];
  formatTail?: number[];
}

/** Any WAV file, also one that no writer of ours would make. */
function wavFile(parts: WavParts): Uint8Array<ArrayBuffer> {
  const { tag = 1, bits = 16, channels = 1, data, before = [], formatTail = [] } = parts;
  const bytesPerFrame = (channels * bits) / 8;
  const fmt = [tag, channels]
    .flatMap(u16)
    .concat(u32(16_000), u32(16_000 * bytesPerFrame), u16(bytesPerFrame), u16(bits));
  const body = [
    ...text('WAVEfmt '),
    ...u32(fmt.length + formatTail.length),
    ...fmt,
    ...formatTail,
    ...before,
    ...text('data'),
    ...u32(parts.dataSize ?? data.length),
    ...data,
  ];
  return Uint8Array.from([...text('RIFF'), ...u32(parts.riffSize ?? body.length), ...body]);
}

function samplesOf(file: Uint8Array): number[][] {
  const result = parseWav(file);
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value.channels.map((channel) => [...channel]);
}

const floatBytes = (values: number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];

describe('encodeWav', () => {
  it('writes a file that reads back sample for sample', () => {
    const int16s = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 64 });
    fc.assert(
      fc.property(int16s, fc.integer({ min: 8_000, max: 192_000 }), (values, rateHz) => {
        const result = parseWav(encodeWav(Int16Array.from(values), rateHz));
        expect(result).toEqual({
          ok: true,
          value: { rateHz, channels: [Float32Array.from(values, (value) => value / 32_768)] },
        });
      }),
    );
  });

  it('states every size of the 44-byte header', () => {
    const view = new DataView(encodeWav(new Int16Array(6), 24_000, 2).buffer);
    expect([4, 16, 24, 28, 40].map((at) => view.getUint32(at, true))).toEqual([48, 16, 24_000, 96_000, 12]);
    expect([20, 22, 32, 34].map((at) => view.getUint16(at, true))).toEqual([1, 2, 4, 16]);
  });
});

describe('parseWav', () => {
  it('reads every sample format', () => {
    expect(samplesOf(wavFile({ bits: 8, data: [0, 128, 192] }))).toEqual([[-1, 0, 0.5]]);
    expect(samplesOf(wavFile({ bits: 16, data: [...u16(0x8000), ...u16(0x4000)] }))).toEqual([[-1, 0.5]]);
    expect(samplesOf(wavFile({ bits: 24, data: [0, 0, 0x80, 0, 0, 0x40, 1, 0, 0] }))).toEqual([[-1, 0.5, 2 ** -23]]);
    expect(samplesOf(wavFile({ bits: 32, data: [...u32(0x80000000), ...u32(0x40000000)] }))).toEqual([[-1, 0.5]]);
    expect(samplesOf(wavFile({ tag: 3, bits: 32, data: floatBytes([-1, 0.25]) }))).toEqual([[-1, 0.25]]);
  });

  it('reads the extensible form by the format inside it', () => {
    const formatTail = [...u16(22), ...u16(32), ...u32(0), ...u16(3), ...new Array<number>(14).fill(0)];
    expect(samplesOf(wavFile({ tag: 0xfffe, bits: 32, formatTail, data: floatBytes([0.5]) }))).toEqual([[0.5]]);
  });

  it('takes channels apart', () => {
    const data = [0x1000, 0x2000, 0x3000, 0x4000].flatMap(u16);
    expect(samplesOf(wavFile({ channels: 2, data }))).toEqual([
      [0.125, 0.375],
      [0.25, 0.5],
    ]);
  });

  it('steps over other chunks, of odd size too, padded or not', () => {
    const data = u16(0x4000);
    const padded = [...text('LIST'), ...u32(3), 1, 2, 3, 0];
    expect(samplesOf(wavFile({ before: padded, data }))).toEqual([[0.5]]);
    expect(samplesOf(wavFile({ before: padded.slice(0, -1), data }))).toEqual([[0.5]]);
  });

  it.each([
    ['0xFFFFFFFF', 0xffffffff],
    ['0', 0],
    ['too large', 1_000],
  ])('takes the rest of a streamed file as data when its size is stated as %s', (_, dataSize) => {
    const file = wavFile({ data: [...u16(0x4000), ...u16(0x2000), 7], dataSize, riffSize: dataSize });
    expect(samplesOf(file)).toEqual([[0.5, 0.25]]);
  });

  it('reads a file that is really empty as empty', () => {
    expect(samplesOf(wavFile({ data: [] }))).toEqual([[]]);
  });

  it('turns values that are not numbers into silence', () => {
    const data = floatBytes([Number.NaN, Number.POSITIVE_INFINITY, 0.5]);
    expect(samplesOf(wavFile({ tag: 3, bits: 32, data }))).toEqual([[0, 0, 0.5]]);
  });

  it.each([
    ['nothing', Uint8Array.of(), 'wav-invalid'],
    ['another container', Uint8Array.from(text('OggS0000vorbis00')), 'wav-invalid'],
    ['no data chunk', wavFile({ data: [] }).slice(0, 36), 'wav-invalid'],
    ['no channels', wavFile({ channels: 0, data: [] }), 'wav-invalid'],
    ['a compressed format', wavFile({ tag: 6, bits: 8, data: [1, 2] }), 'wav-unsupported'],
  ])('says what is wrong with %s', (_, file, kind) => {
    const result = parseWav(file);
    expect(result.ok ? 'ok' : result.problem.kind).toBe(kind);
  });

  it('never throws, and only ever gives finite channels of one length', () => {
    const damaged = fc
      .tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 80 }))
      .map(([noise, at, cut]) => {
        const file = wavFile({ channels: 2, before: [...text('LIST'), ...u32(2), 1, 2], data: new Array(20).fill(9) });
        file.set(noise.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length));
        return file.subarray(0, file.length - (cut % 20));
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 100 })), (file) => {
        const result = parseWav(file);
        if (!result.ok) return;
        const { channels } = result.value;
        expect(new Set(channels.map((channel) => channel.length)).size).toBe(1);
        for (const channel of channels) expect(channel.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same samples however it is read', () => {
    const samples = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 9 }), (values, count) => {
        const file = encodeWav(Int16Array.from(values.slice(0, values.length & ~1)), 48_000, 2);
        const [whole, reader] = [parseWav(file), openWav(file)];
        if (!whole.ok || !reader.ok) throw new Error('not read');
        const pieces: number[][] = [[], []];
        for (let at = 0; at < reader.value.frames; at += count) {
          reader.value.read(at, count).forEach((channel, c) => pieces[c]!.push(...channel));
        }
        expect(pieces).toEqual(whole.value.channels.map((channel) => [...channel]));
        expect(reader.value.read(reader.value.frames, 5)[0]).toHaveLength(0);
      }),
    );
  });
});
