import { describe, expect, it } from 'vitest';
import { Downmix } from './downmix.ts';
import { fitSine, rms, sine } from './testing/tones.ts';

const BLOCK = 128;

/** Runs whole signals through in blocks of a render quantum. */
function mix(downmix: Downmix, ...channels: Float32Array[]): Float32Array {
  const samples = channels[0]?.length ?? BLOCK;
  const output = new Float32Array(samples);
  for (let start = 0; start < samples; start += BLOCK) {
    const block = channels.map((channel) => channel.subarray(start, start + BLOCK));
    downmix.process(block, output.subarray(start), Math.min(BLOCK, samples - start));
  }
  return output;
}

const tone = sine(48_000, 1_000, 4_800, 0.5);
const silence = new Float32Array(4_800);

describe('Downmix', () => {
  it('passes a single channel through unchanged', () => {
    expect(mix(new Downmix(), tone)).toEqual(tone);
  });

  it('averages two channels that both carry sound', () => {
    const quieter = tone.map((x) => x / 2);
    expect(fitSine(mix(new Downmix(), tone, quieter), 48_000, 1_000).amplitude).toBeCloseTo(0.375, 4);
  });

  it.each([
    ['left', tone, silence],
    ['right', silence, tone],
  ])('takes a microphone on the %s side only at its full level', (_, left, right) => {
    const steady = mix(new Downmix(), left, right).slice(BLOCK);
    expect(fitSine(steady, 48_000, 1_000).amplitude).toBeCloseTo(0.5, 4);
  });

  it('takes an unconnected side with a little noise on it for silent', () => {
    const noise = Float32Array.from(tone, (_, i) => (i % 2 === 0 ? 0.001 : -0.001));
    expect(fitSine(mix(new Downmix(), tone, noise).slice(BLOCK), 48_000, 1_000).amplitude).toBeCloseTo(0.5, 4);
  });

  it('keeps its judgement through a pause', () => {
    const downmix = new Downmix();
    mix(downmix, tone, silence);
    mix(downmix, silence, silence);
    mix(downmix, silence, silence);
    expect(mix(downmix, tone, silence)).toEqual(tone);
  });

  it('changes weight without a step', () => {
    const constant = new Float32Array(BLOCK * 4).fill(0.5);
    const mixed = mix(new Downmix(), constant, new Float32Array(BLOCK * 4));
    mixed.forEach((x, i) => expect(Math.abs(x - (i === 0 ? 0.25 : mixed[i - 1]!))).toBeLessThan(0.0025));
    expect(mixed.at(-1)).toBeCloseTo(0.5, 6);
  });

  it('gives silence for no channels and copes with a changing number of them', () => {
    const downmix = new Downmix();
    expect(rms(mix(downmix))).toBe(0);
    expect(mix(downmix, tone)).toEqual(tone);
    expect(rms(mix(downmix, tone, tone))).toBeCloseTo(rms(tone), 4);
    expect(mix(downmix, tone)).toEqual(tone);
  });
});
