import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resample, Resampler } from './resampler.ts';
import { fitSine, rms, sine, snrDb, toDb } from './testing/tones.ts';

const TO_16K = [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000].map((from) => [from, 16_000]);
const PLAYBACK = [16_000, 22_050, 24_000, 44_100].flatMap((from) => [44_100, 48_000, 96_000].map((to) => [from, to]));
const OTHERS = [
  [16_000, 24_000],
  [48_000, 24_000],
  [192_000, 8_000],
  [8_000, 192_000],
  [44_101, 48_000],
  [47_999, 16_001],
];
const PAIRS = [...TO_16K, ...PLAYBACK, ...OTHERS]
  .filter(([from, to]) => from !== to)
  .map(([fromHz, toHz]) => ({ fromHz: fromHz!, toHz: toHz! }));

/** The output of one second of a tone, without the ends, where the tone starts and stops. */
function steadyTone(fromHz: number, toHz: number, toneHz: number): Float32Array {
  const output = resample(sine(fromHz, toneHz, fromHz / 4, 0.5), fromHz, toHz);
  const edge = Math.ceil(0.02 * toHz);
  return output.slice(edge, output.length - edge);
}

describe.each(PAIRS)('Resampler from $fromHz to $toHz Hz', ({ fromHz, toHz }) => {
  const nyquistHz = Math.min(fromHz, toHz) / 2;
  const passHz = 0.9 * nyquistHz;

  it('keeps the pass band flat within 0.01 dB and everything else 80 dB below it', () => {
    for (const share of [0.02, 0.25, 0.5, 0.75, 0.9, 1]) {
      const toneHz = share * passHz;
      const fit = fitSine(steadyTone(fromHz, toHz, toneHz), toHz, toneHz);
      expect(Math.abs(toDb(fit.amplitude / 0.5))).toBeLessThan(0.01);
      expect(fit.snrDb).toBeGreaterThan(80);
    }
  });

  it('puts every output at its own instant and gives ceil(inputs * to / from) of them', () => {
    const inputSamples = Math.round(fromHz * 0.1) + 7;
    const output = resample(sine(fromHz, passHz / 3, inputSamples), fromHz, toHz);
    expect(output.length).toBe(Math.ceil((inputSamples * toHz) / fromHz));
    const { phase } = fitSine(output.subarray(0, Math.floor(output.length * 0.9)), toHz, passHz / 3);
    expect(Math.abs(phase)).toBeLessThan(0.01);
  });

  it('gives the same bits however the input is cut up', () => {
    const input = sine(fromHz, passHz / 2, 3_000, 0.9);
    const whole = resample(input, fromHz, toHz);
    const resampler = new Resampler({ fromHz, toHz });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 12 }), (cuts) => {
        const output = new Float32Array(whole.length);
        let made = 0;
        let start = 0;
        for (const cut of [...cuts, input.length]) {
          made += resampler.process(input.subarray(start, start + cut), output.subarray(made));
          start = Math.min(input.length, start + cut);
        }
        made += resampler.flush(output.subarray(made));
        expect(made).toBe(whole.length);
        expect(Buffer.from(output.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
      }),
      { numRuns: 8 },
    );
  });
});

describe('Resampler to a lower rate', () => {
  it.each(PAIRS.filter(({ fromHz, toHz }) => fromHz > toHz))(
    'keeps tones above the new Nyquist frequency 80 dB down, from $fromHz to $toHz Hz',
    ({ fromHz, toHz }) => {
      for (let share = 0; share <= 1; share += 1 / 16) {
        const toneHz = toHz / 2 + share * ((fromHz - toHz) / 2) * 0.999;
        expect(toDb(rms(steadyTone(fromHz, toHz, toneHz)) / (0.5 / Math.SQRT2))).toBeLessThan(-80);
      }
    },
  );
});

describe('Resampler', () => {
  it('needs exactly delaySamples of input after an instant', () => {
    const resampler = new Resampler({ fromHz: 48_000, toHz: 16_000 });
    const output = new Float32Array(100);
    expect(resampler.process(new Float32Array(resampler.delaySamples), output)).toBe(0);
    expect(resampler.process(new Float32Array(1), output)).toBe(1);
    expect(resampler.process(new Float32Array(2), output)).toBe(0);
    expect(resampler.process(new Float32Array(1), output)).toBe(1);
  });

  it('copies exactly and at once when the rates are equal', () => {
    const input = sine(24_000, 1_000, 2_000);
    const output = new Float32Array(2_000);
    expect(new Resampler({ fromHz: 24_000, toHz: 24_000 }).process(input, output)).toBe(2_000);
    expect(output).toEqual(input);
  });

  it('pulls the same stream sample by sample', () => {
    const input = sine(24_000, 1_000, 1_000);
    const whole = resample(input, 24_000, 44_100);
    const resampler = new Resampler({ fromHz: 24_000, toHz: 44_100 });
    const output = new Float32Array(whole.length);
    let taken = 0;
    for (let made = 0; made < whole.length;) {
      if (resampler.read(output, made, 1) === 1) made++;
      else if (taken < input.length) taken += resampler.write(input, taken, 1);
      else resampler.finish();
    }
    expect(output).toEqual(whole);
    expect(resampler.read(new Float32Array(1), 0, 1)).toBe(0);
  });

  it('keeps a constant constant', () => {
    const output = resample(new Float32Array(4_410).fill(0.25), 44_100, 16_000).slice(200, 1_400);
    for (const x of output) expect(Math.abs(x - 0.25)).toBeLessThan(1e-6);
  });

  it('refuses rates it was not made for and outputs that are too small', () => {
    for (const rateHz of [0, 7_999, 192_001, 44_100.5, Number.NaN]) {
      expect(() => new Resampler({ fromHz: rateHz, toHz: 16_000 })).toThrow(RangeError);
    }
    const resampler = new Resampler({ fromHz: 8_000, toHz: 48_000 });
    expect(() => resampler.process(new Float32Array(4_000), new Float32Array(100))).toThrow(RangeError);
  });

  it.each(['44100-to-16000', '24000-to-48000'])('agrees with the directly computed golden file %s', (name) => {
    const [fromHz, toHz] = name.split('-to-').map(Number);
    const output = resample(readFloats(`${name}.input.f32`), fromHz!, toHz!);
    const golden = readFloats(`${name}.output.f32`);
    expect(output.length).toBe(golden.length);
    expect(snrDb(output, golden)).toBeGreaterThan(80);
  });
});

function readFloats(name: string): Float32Array {
  const bytes = readFileSync(new URL(`./golden/${name}`, import.meta.url));
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}
