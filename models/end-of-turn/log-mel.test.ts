import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LOG_MEL, logMel } from './log-mel.ts';

const TOLERANCE = 1e-4;
const { rateHz, bands, frames, samples } = LOG_MEL;

const tone = (seconds: number, wave: (t: number) => number): Float32Array =>
  Float32Array.from({ length: seconds * rateHz }, (_, i) => wave(i / rateHz));

const noise = (seconds: number, seed: number): Float32Array => {
  let state = seed;
  return Float32Array.from({ length: seconds * rateHz }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 33;
  });
};

/** The formulas of golden/make_golden.py. */
const SIGNALS: Record<string, Float32Array> = {
  chirp: tone(8, (t) => 0.5 * Math.sin(2 * Math.PI * (60 * t + 450 * t * t))),
  short: tone(1, (t) => 0.3 * Math.sin(2 * Math.PI * 220 * t) * Math.exp(-3 * t) + 0.01),
  long: tone(10, (t) => 0.2 * Math.sin(2 * Math.PI * 150 * t) + (t > 6 ? 0.05 * Math.sin(2 * Math.PI * 3100 * t) : 0)),
  silence: new Float32Array(rateHz),
};

const golden = (name: string): Float32Array => {
  const bytes = readFileSync(new URL(`golden/${name}.f32`, import.meta.url));
  return new Float32Array(Uint8Array.from(bytes).buffer);
};

const at = (features: Float32Array, band: number, frame: number): number => features[band * frames + frame]!;

describe('the log-mel front end', () => {
  it.each(Object.keys(SIGNALS))('agrees with numpy on the golden %s', (name) => {
    const features = logMel(SIGNALS[name]!);
    const expected = golden(name);
    const columns = expected.length / bands;
    expect(columns).toBe(20);
    let worst = 0;
    expected.forEach((value, i) => {
      const error = Math.abs(at(features, Math.floor(i / columns), (i % columns) * 40) - value);
      worst = Math.max(worst, error);
    });
    expect(worst).toBeLessThan(TOLERANCE);
  });

  it.each([
    ['noise', noise(8, 1)],
    ['a falling chirp in noise', noise(8, 2).map((x, i) => 0.02 * x + 0.4 * Math.sin(20_000 / (1 + i / 9000)))],
    ['three tenths of a second', noise(8, 3).subarray(0, 4800)],
    ['a single click', Float32Array.of(...new Float32Array(900), 1, ...new Float32Array(1600))],
  ])('agrees with the definition, term by term, on %s', (_, audio) => {
    const features = logMel(audio);
    const wanted = directLogMel(audio, [0, 1, 2, 3, 399, 400, 797, 798, 799]);
    // The loudest frame may be another one, so only what lies above every floor can be compared.
    const loudest = features.reduce((a, b) => Math.max(a, b));
    let compared = 0;
    for (const { band, frame, log } of wanted) {
      const value = Math.max((log + 4) / 4, loudest - 2);
      expect(Math.abs(at(features, band, frame) - value)).toBeLessThan(TOLERANCE);
      compared++;
    }
    expect(compared).toBe(9 * bands);
  });

  it('puts a tone into the band around its frequency', () => {
    const features = logMel(tone(8, (t) => Math.sin(2 * Math.PI * 1000 * t)));
    const column = Array.from({ length: bands }, (_, band) => at(features, band, 400));
    // 15 mel at 1 kHz, bands centred every 45.245 / 81 mel.
    expect(column.indexOf(Math.max(...column))).toBe(Math.round(15 / (45.245 / 81)) - 1);
  });

  it('hears the end of what is longer than eight seconds, and places what is shorter at the end', () => {
    const long = noise(9, 4);
    expect(logMel(long)).toEqual(logMel(long.subarray(long.length - samples)));
    const short = long.subarray(0, rateHz);
    const padded = new Float32Array(samples);
    padded.set(short, samples - short.length);
    expect(logMel(short)).toEqual(logMel(padded));
  });

  it('does not care how loud the recording is', () => {
    const audio = noise(8, 5);
    const [loud, soft] = [logMel(audio), logMel(audio.map((x) => x * 0.1))];
    const worst = loud.reduce((max, value, i) => Math.max(max, Math.abs(value - soft[i]!)), 0);
    expect(worst).toBeLessThan(TOLERANCE);
  });

  it('gives one value everywhere for no sound at all', () => {
    for (const audio of [new Float32Array(0), new Float32Array(samples)]) {
      const features = logMel(audio);
      expect(features).toHaveLength(bands * frames);
      expect(new Set(features)).toEqual(new Set([(-10 + 4) / 4]));
    }
  });
});

/** The definition without any shortcut: sums over all samples and all bins, for a few frames. Not floored, not scaled. */
function directLogMel(audio: Float32Array, wanted: readonly number[]) {
  const x = new Array<number>(samples).fill(0);
  audio.forEach((value, i) => (x[samples - audio.length + i] = value));
  const mean = x.reduce((a, b) => a + b) / samples;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples;
  const sample = (i: number): number => {
    const mirrored = i < 0 ? -i : i >= samples ? 2 * (samples - 1) - i : i;
    return (x[mirrored]! - mean) / Math.sqrt(variance + 1e-7);
  };
  const mel = (hz: number): number => (hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4));
  const step = mel(8000) / 81;
  return wanted.flatMap((frame) => {
    const powers = Array.from({ length: 201 }, (_, k) => {
      let [re, im] = [0, 0];
      for (let n = 0; n < 400; n++) {
        const value = sample(frame * 160 - 200 + n) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 400));
        re += value * Math.cos((2 * Math.PI * k * n) / 400);
        im -= value * Math.sin((2 * Math.PI * k * n) / 400);
      }
      return re * re + im * im;
    });
    return Array.from({ length: bands }, (_, band) => {
      const [low, centre, high] = [band, band + 1, band + 2].map((i) => hzOf(i * step)) as [number, number, number];
      const power = powers.reduce((sum, value, k) => {
        const hz = k * 40;
        const weight = Math.max(0, Math.min((hz - low) / (centre - low), (high - hz) / (high - centre)));
        return sum + (value * weight * 2) / (high - low);
      }, 0);
      return { band, frame, log: Math.log10(Math.max(power, 1e-10)) };
    });
  });
}

const hzOf = (mel: number): number => (mel < 15 ? (200 * mel) / 3 : 1000 * 6.4 ** ((mel - 15) / 27));
