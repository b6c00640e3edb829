import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToInt16, floatToInt16, int16ToBytes, int16ToFloat } from '#dsp/pcm';
import { fitSine, sine } from '../../../dsp/testing/tones.ts';
import { createWireDecoder, createWireEncoder, inputRateOf, type WireFormat } from './wire-audio.ts';

const FORMATS: (WireFormat & { leastDb: number })[] = [
  { encoding: 'pcm16', rateHz: 24_000, leastDb: 80 },
  { encoding: 'pcm16', rateHz: 16_000, leastDb: 60 },
  { encoding: 'pcmu', leastDb: 36 },
  { encoding: 'pcma', leastDb: 36 },
];
const TONE_HZ = 1_020;

function tone(rateHz: number, samples = rateHz): Uint8Array {
  const pcm = new Int16Array(samples);
  floatToInt16(sine(rateHz, TONE_HZ, samples, 0.25), pcm);
  return int16ToBytes(pcm);
}

function written(format: WireFormat, pcm: Uint8Array, rateHz: number, cuts: readonly number[] = []): Buffer {
  const encoder = createWireEncoder(format);
  const places = [0, ...cuts.toSorted((a, b) => a - b), pcm.length / 2];
  const parts = places.slice(1).map((end, i) => encoder.encode(pcm.subarray(2 * places[i]!, 2 * end), rateHz));
  return Buffer.concat([...parts, encoder.finish()]);
}

describe.each(FORMATS)('sound on the wire: $encoding $rateHz', ({ leastDb, ...format }) => {
  const wireHz = inputRateOf(format);
  const bytesPerSample = format.encoding === 'pcm16' ? 2 : 1;

  it.each([8_000, 16_000, 24_000, 48_000])('carries a tone that comes at %i Hz, to the sample', (rateHz) => {
    const wire = written(format, tone(rateHz), rateHz);
    expect(wire.length).toBe(wireHz * bytesPerSample);
    const heard = bytesToInt16(createWireDecoder(format)(wire));
    const steady = new Float32Array(wireHz * 0.9);
    int16ToFloat(heard.subarray(wireHz * 0.05), steady, steady.length);
    const fit = fitSine(steady, wireHz, TONE_HZ);
    expect(fit.amplitude).toBeCloseTo(0.25, 2);
    expect(fit.snrDb).toBeGreaterThan(rateHz === wireHz ? leastDb : Math.min(leastDb, 58));
  });

  it('writes the same bytes however the sound is cut up, also off the even address', () => {
    const pcm = tone(24_000, 6_000);
    const odd = new Uint8Array(pcm.length + 1).subarray(1);
    odd.set(pcm);
    const whole = written(format, pcm, 24_000);
    expect(written(format, odd, 24_000).equals(whole)).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6_000 }), { maxLength: 8 }), (cuts) => {
        expect(written(format, pcm, 24_000, cuts).equals(whole)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('copies nothing where nothing changes', () => {
    const pcm = tone(24_000, 480);
    const isSame = format.encoding === 'pcm16' && format.rateHz === 24_000;
    expect(createWireEncoder(format).encode(pcm, 24_000) === pcm).toBe(isSame);
    expect(createWireDecoder(format)(pcm) === pcm).toBe(format.encoding === 'pcm16');
  });

  it('writes sounds of different rates after each other, none of them cut short', () => {
    const encoder = createWireEncoder(format);
    const parts = [encoder.encode(tone(24_000), 24_000), encoder.encode(tone(16_000), 16_000)];
    parts.push(encoder.finish(), encoder.encode(tone(wireHz), wireHz), encoder.finish());
    expect(Buffer.concat(parts).length).toBe(3 * wireHz * bytesPerSample);
  });
});

describe('sound that is too high for the wire', () => {
  it.each([
    [4_100, 8_000],
    [7_000, 8_000],
    [8_100, 16_000],
    [11_000, 16_000],
  ])('is kept out of it, 55 dB down: %i Hz at %i Hz', (toneHz, wireHz) => {
    const pcm = new Int16Array(24_000);
    floatToInt16(sine(24_000, toneHz, 24_000, 0.5), pcm);
    const format: WireFormat = wireHz === 8_000 ? { encoding: 'pcmu' } : { encoding: 'pcm16', rateHz: 16_000 };
    const wire = createWireDecoder(format)(written(format, int16ToBytes(pcm), 24_000));
    // Where a sound begins and ends it has other frequencies too.
    const heard = bytesToInt16(wire).subarray(wireHz * 0.05, wireHz * 0.95);
    const loudest = heard.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(20 * Math.log10(loudest / 16_384)).toBeLessThan(-55);
  });
});
