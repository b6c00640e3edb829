import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { synthesizeVoice } from '../e2e/audio/formant-voice.ts';
import { A_LAW, MU_LAW, type G711Law } from './g711.ts';
import { floatToInt16, int16ToFloat } from './pcm.ts';
import { resample } from './resampler.ts';
import { sine, snrDb } from './testing/tones.ts';
import { parseWav } from './wav.ts';

const ALL_CODES = Uint8Array.from({ length: 256 }, (_, code) => code);
const ALL_SAMPLES = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);

/** Steps of the positive half as tables 1a and 2a of the Recommendation list them: how many, how wide. */
const A_STEPS = [[32, 2], ...[4, 8, 16, 32, 64, 128].map((width) => [16, width])] as [number, number][];
const MU_STEPS = [[1, 1], [15, 2], ...[4, 8, 16, 32, 64, 128, 256].map((width) => [16, width])] as [number, number][];

/** The decision values x(1), x(2)… that lie between one step and the next. */
function edgesOf(steps: [number, number][]): number[] {
  const edges = [0];
  for (const [count, width] of steps) for (let i = 0; i < count; i++) edges.push(edges.at(-1)! + width);
  return edges;
}

interface Case {
  name: string;
  law: G711Law;
  /** Positive decision values, in 16-bit samples. */
  edges: number[];
  /** Output of step n, in 16-bit samples. */
  outputOf(n: number): number;
  /** Code of step n. */
  codeOf(n: number, isNegative: boolean): number;
  /** Of the codes of 0 to 32767, from an independent implementation: CPython 3.11's audioop. */
  sha256: string;
}

const A_EDGES = edgesOf(A_STEPS).map((x) => 8 * x);
const MU_EDGES = edgesOf(MU_STEPS).map((x) => 4 * x);
const CASES: Case[] = [
  {
    ...{ name: 'mu-law', law: MU_LAW, edges: MU_EDGES },
    outputOf: (n) => (n === 0 ? 0 : (MU_EDGES[n]! + MU_EDGES[n + 1]!) / 2),
    codeOf: (n, isNegative) => (isNegative ? 0x7f : 0xff) - n,
    sha256: '912062bf9c931c7ebc1dc1fd1d74faf0cfefcd47e8408a3ed4d07aa59f0f1c20',
  },
  {
    ...{ name: 'A-law', law: A_LAW, edges: A_EDGES },
    outputOf: (n) => (A_EDGES[n]! + A_EDGES[n + 1]!) / 2,
    codeOf: (n, isNegative) => (n | (isNegative ? 0 : 0x80)) ^ 0x55,
    sha256: 'b209cb65664652ae64853b1f5ee015be44dba85f3883affd6dae34dc76f3eba0',
  },
];

/** What a law makes of a sine of 1 kHz, as signal over noise. */
function sineSnrDb(law: G711Law, levelDb: number): number {
  const tone = new Int16Array(8_000);
  floatToInt16(sine(8_000, 1_020, 8_000, 10 ** (levelDb / 20)), tone);
  return roundTripSnrDb(law, tone);
}

function roundTripSnrDb(law: G711Law, samples: Int16Array): number {
  const [before, after] = [new Float32Array(samples.length), new Float32Array(samples.length)];
  int16ToFloat(samples, before);
  int16ToFloat(law.decode(law.encode(samples)), after);
  return snrDb(after, before);
}

describe.each(CASES)('$name', ({ law, edges, outputOf, codeOf, sha256 }) => {
  it('decodes each of the 256 codes to the value the Recommendation gives', () => {
    const decoded = law.decode(ALL_CODES);
    for (let n = 0; n < 128; n++) {
      expect(decoded[codeOf(n, false)]).toBe(outputOf(n));
      expect(decoded[codeOf(n, true)]).toBe(outputOf(n) === 0 ? 0 : -outputOf(n));
    }
  });

  it('encodes every sample to the step it lies in, and what is beyond the last one to the last', () => {
    const codes = law.encode(ALL_SAMPLES);
    const expected = new Uint8Array(65_536);
    let n = 0;
    for (let sample = 0; sample < 32_768; sample++) {
      while (n < 127 && sample >= edges[n + 1]!) n++;
      expected[32_768 + sample] = codeOf(n, false);
      expected[32_767 - sample] = codeOf(n, true);
    }
    expect(Buffer.from(codes).equals(expected)).toBe(true);
  });

  it('agrees with an independent implementation on every positive sample', () => {
    expect(
      createHash('sha256')
        .update(law.encode(ALL_SAMPLES.subarray(32_768)))
        .digest('hex'),
    ).toBe(sha256);
  });

  it('gives back every code but the negative zero, however often it is decoded and encoded', () => {
    const codes = law.encode(law.decode(ALL_CODES));
    const changed = [...codes].flatMap((code, i) => (code === i ? [] : [[i, code]]));
    expect(changed).toEqual(law === MU_LAW ? [[0x7f, 0xff]] : []);
    expect(law.encode(law.decode(codes))).toEqual(codes);
  });

  it('never errs by more than half a step, of any sound', () => {
    fc.assert(
      fc.property(fc.int16Array({ maxLength: 200 }), (samples) => {
        const decoded = law.decode(law.encode(samples));
        expect(decoded.length).toBe(samples.length);
        samples.forEach((sample, i) => {
          // Edges belong to the step above them, of negative samples to the one below in magnitude.
          const inner = sample < 0 ? ~sample : sample;
          const above = edges.findIndex((edge) => edge > inner);
          const n = above < 0 ? edges.length - 1 : above;
          const magnitude = Math.min(Math.abs(sample), edges.at(-1)!);
          // The step around mu-law's zero gives its lower end.
          const most = Math.max(4, (edges[n]! - edges[n - 1]!) / 2);
          expect(Math.abs(Math.abs(decoded[i]!) - magnitude)).toBeLessThanOrEqual(most);
        });
      }),
      {
        examples: [
          [ALL_SAMPLES.filter((_, i) => i % 16 === 0)],
          [Int16Array.from(edges.flatMap((x) => [x, -x, x - 1, 1 - x]))],
        ],
      },
    );
  });

  // Levels of G.712, under which a sine of full scale is 3.14 dBm0, and the least it asks for.
  it.each([
    [0, 33],
    [-10, 33],
    [-20, 33],
    [-30, 33],
    [-40, 27],
    [-45, 22],
  ])('keeps a sine of %i dBm0 %i dB above its noise', (levelDbm0, leastDb) => {
    expect(sineSnrDb(law, levelDbm0 - 3.14)).toBeGreaterThan(leastDb);
    expect(sineSnrDb(law, levelDbm0 - 3.14)).toBeLessThan(42);
  });
});

/** Not part of the repository. */
const RECORDING = new URL('../../shared/data/speech/en/picovoice_test.wav', import.meta.url);

function recordedSpeech(): Float32Array | undefined {
  const wav = existsSync(RECORDING) ? parseWav(readFileSync(RECORDING)) : undefined;
  return wav?.ok ? resample(wav.value.channels[0]!, wav.value.rateHz, 8_000) : undefined;
}

const VOICES = [synthesizeVoice('the quick brown fox jumps over the lazy dog', 8_000), recordedSpeech()].filter(
  (voice) => voice !== undefined,
);

describe.each(VOICES)('speech over the telephone', (voice) => {
  it.each(CASES)('stays 35 to 40 dB above the noise of $name', ({ law }) => {
    const speech = new Int16Array(voice.length);
    floatToInt16(voice, speech);
    const snr = roundTripSnrDb(law, speech);
    expect(snr).toBeGreaterThan(35);
    expect(snr).toBeLessThan(40);
  });
});
