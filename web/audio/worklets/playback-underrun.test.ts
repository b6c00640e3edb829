import { describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { rms } from '#dsp/testing/tones';
import { largestStep, OPTIONS, PlaybackRig, toFloats, tone } from './testing/playback-rig.ts';

describe('Playback that runs dry', () => {
  /** 100 ms of audio, a gap in which it runs out, then the rest. */
  function withGap(): { rig: PlaybackRig; pcm: Int16Array<ArrayBuffer> } {
    const rig = new PlaybackRig();
    const pcm = tone(24_000, 500);
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'audio', stream: 1, pcm: pcm.slice(0, 2_400) });
    rig.render(150);
    rig.send({ type: 'audio', stream: 1, pcm: pcm.slice(2_400) }, { type: 'end', stream: 1 });
    rig.render(600);
    return { rig, pcm };
  }

  it('counts one underrun when more follows, and loses and repeats no sample', () => {
    const { rig, pcm } = withGap();
    expect(rig.of('underrun')).toEqual([
      { type: 'underrun', stream: 1, playedSamples: expect.any(Number), reserveMs: 140 },
    ]);
    expect(rig.of('drained')[0]?.playedSamples).toBe(pcm.length);
    const expected = resample(toFloats(pcm), 24_000, 48_000);
    const energy = (signal: Float32Array) => rms(signal) ** 2 * signal.length;
    expect(energy(rig.output) / energy(expected)).toBeCloseTo(1, 2);
  });

  it('fades at both edges of the gap instead of clicking', () => {
    const { rig } = withGap();
    const expected = resample(toFloats(tone(24_000, 500)), 24_000, 48_000);
    // A value that falls from 0.5 to 0 in 48 steps, beside the steps of the tone itself.
    expect(largestStep(rig.output)).toBeLessThan(largestStep(expected) + 0.5 / 48 + 0.001);
    expect(rms(rig.output.slice(48 * 110, 48 * 145))).toBe(0);
  });

  it('gathers the larger reserve for the next answer too', () => {
    const { rig } = withGap();
    rig.send({ type: 'start', stream: 2, rateHz: 24_000 }, { type: 'audio', stream: 2, pcm: tone(24_000, 138) });
    rig.events.length = 0;
    rig.render(10);
    expect(rig.events).toEqual([]);
    rig.send({ type: 'audio', stream: 2, pcm: tone(24_000, 5) });
    rig.render(10);
    expect(rig.of('audible').length).toBe(1);
  });

  it('does not take the end of an answer for an underrun when the word of it comes late', () => {
    const rig = new PlaybackRig();
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'audio', stream: 1, pcm: tone(24_000, 100) });
    rig.render(200);
    rig.send({ type: 'end', stream: 1 });
    rig.render(10);
    expect(rig.of('underrun')).toEqual([]);
    expect(rig.of('drained')[0]?.playedSamples).toBe(2_400);
  });

  it('reports what did not fit and plays the rest', () => {
    const rig = new PlaybackRig(48_000, { ...OPTIONS, capacityMs: 500 });
    rig.sendAnswer(1, 24_000, tone(24_000, 600));
    rig.render(700);
    expect(rig.of('overflow')).toEqual([{ type: 'overflow', stream: 1, droppedSamples: 2_400 }]);
    expect(rig.of('drained')[0]?.playedSamples).toBe(12_000);
  });

  it('refuses a reserve that would never be filled', () => {
    expect(() => new PlaybackRig(48_000, { ...OPTIONS, capacityMs: 400 })).toThrow(RangeError);
  });
});
