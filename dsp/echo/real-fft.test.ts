import { describe, expect, it } from 'vitest';
import { noise } from './testing/room.ts';
import { snrDb } from '../testing/tones.ts';
import { RealFft } from './real-fft.ts';

describe('the transform of a real signal', () => {
  it('is the sum of its definition in every bin', () => {
    const fft = new RealFft(64);
    const signal = noise(64, 1);
    const spectrum = fft.createSpectrum();
    fft.forward(signal, spectrum);
    for (let k = 0; k <= 32; k++) {
      let re = 0;
      let im = 0;
      signal.forEach((x, n) => {
        re += x * Math.cos((2 * Math.PI * k * n) / 64);
        im -= x * Math.sin((2 * Math.PI * k * n) / 64);
      });
      expect(spectrum.re[k]).toBeCloseTo(re, 5);
      expect(spectrum.im[k]).toBeCloseTo(im, 5);
    }
  });

  it('comes back as the same signal', () => {
    const fft = new RealFft(1024);
    const signal = noise(1024, 2);
    const spectrum = fft.createSpectrum();
    const back = new Float32Array(1024);
    fft.forward(signal, spectrum);
    fft.inverse(spectrum, back);
    expect(snrDb(back, signal)).toBeGreaterThan(110);
  });
});
