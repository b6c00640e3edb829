import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Int16Resampler } from './int16-resampler.ts';
import { floatToInt16, int16ToFloat } from './pcm.ts';
import { fitSine, sine } from './testing/tones.ts';

function tone(rateHz: number, toneHz: number, samples: number): Int16Array {
  const output = new Int16Array(samples);
  floatToInt16(sine(rateHz, toneHz, samples), output);
  return output;
}

function joined(parts: Int16Array[]): number[] {
  return parts.flatMap((part) => [...part]);
}

describe('the resampler of 16-bit samples', () => {
  it.each([
    [24_000, 8_000],
    [24_000, 16_000],
    [16_000, 24_000],
    [8_000, 16_000],
  ])('brings a tone from %i to %i Hz, 75 dB above any difference and sample for sample', (fromHz, toHz) => {
    const resampler = new Int16Resampler({ fromHz, toHz });
    const output = joined([resampler.push(tone(fromHz, 997, fromHz)), resampler.finish()]);
    expect(output.length).toBe(toHz);
    const steady = new Float32Array(toHz * 0.9);
    int16ToFloat(Int16Array.from(output.slice(toHz * 0.05)), steady, steady.length);
    expect(fitSine(steady, toHz, 997).snrDb).toBeGreaterThan(75);
  });

  it('gives the same samples however they come, and again after its end', () => {
    const samples = tone(24_000, 700, 10_000);
    const resampler = new Int16Resampler({ fromHz: 24_000, toHz: 8_000 });
    const whole = joined([resampler.push(samples), resampler.finish()]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 6 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), samples.length];
        const parts = places.slice(1).map((end, i) => resampler.push(samples.subarray(places[i], end)));
        expect(joined([...parts, resampler.finish()])).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('clips what is too loud', () => {
    const square = Int16Array.from({ length: 4_800 }, (_, i) => (i % 200 < 100 ? 32_767 : -32_768));
    const resampler = new Int16Resampler({ fromHz: 24_000, toHz: 16_000 });
    const output = resampler.push(square);
    for (let i = 200; i < 3_000; i++) {
      const phase = (i * 1.5) % 100;
      if (phase > 10 && phase < 90) expect(Math.abs(output[i]!)).toBeGreaterThan(30_000);
    }
  });
});
