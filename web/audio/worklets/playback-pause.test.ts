import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { rms } from '#dsp/testing/tones';
import { largestStep, OPTIONS, PlaybackRig, toFloats, tone } from './testing/playback-rig.ts';

const CONSTANT = new Int16Array(24_000).fill(16_384);
const LAST = 0.5 / 48;

describe('Playback that is paused', () => {
  it('fades out over the time given and stands still at the sample after it, however long', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(200);
    const start = rig.output.length;
    rig.send({ type: 'pause', stream: 1, fadeMs: 8 });
    rig.render(1_000);
    for (let i = 0; i < 384; i++) expect(rig.output[start + i]).toBeCloseTo(0.5 * (1 - (i + 1) / 384), 4);
    expect(rms(rig.output.slice(start + 384))).toBe(0);
    rig.send({ type: 'stop', stream: 1, fadeMs: 8 });
    const contextTime = rig.output.length / 48_000;
    expect(rig.of('stopped')).toEqual([
      { type: 'stopped', stream: 1, playedSamples: (start + 384) / 2, contextTime: expect.closeTo(contextTime, 9) },
    ]);
  });

  it.each([
    [24_000, 48_000],
    [24_000, 44_100],
    [24_000, 24_000],
  ])('goes on with the very next sample, from %i Hz at %i Hz', (rateHz, contextRateHz) => {
    const rig = new PlaybackRig(contextRateHz);
    const pcm = tone(rateHz, 1_000);
    rig.sendAnswer(1, rateHz, pcm);
    rig.render(300);
    const start = rig.output.length;
    const fade = Math.round(0.01 * contextRateHz);
    rig.send({ type: 'pause', stream: 1, fadeMs: 10 });
    rig.render(700);
    const resumed = rig.output.length;
    rig.send({ type: 'resume', stream: 1, rampMs: 20 });
    rig.render(900);
    const output = rig.output;
    const expected = resample(toFloats(pcm), rateHz, contextRateHz);
    expect(rms(output.slice(start + fade, resumed))).toBe(0);
    const after = resumed + 2 * fade;
    const settled = expected.length - 0.01 * contextRateHz;
    const isMissed = (x: number, i: number) => x !== output[i < start ? i : i - start - 3 * fade + after];
    const missed = expected
      .slice(0, settled)
      .findIndex((x, i) => (i < start || i >= start + 3 * fade) && isMissed(x, i));
    expect(missed).toBe(-1);
    for (let i = 0; i < 2 * fade; i++) {
      expect(output[resumed + i]).toBeCloseTo(expected[start + fade + i]! * ((i + 1) / (2 * fade)), 5);
    }
    expect(rig.of('drained')).toEqual([
      { type: 'drained', stream: 1, playedSamples: pcm.length, contextTime: expect.any(Number) },
    ]);
    expect(rig.of('underrun')).toEqual([]);
  });

  it('turns round in mid-fade without a step', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(100);
    const start = rig.output.length;
    rig.send({ type: 'pause', stream: 1, fadeMs: 16 });
    rig.render(8);
    const turned = rig.output.length;
    rig.send({ type: 'resume', stream: 1, rampMs: 4 });
    rig.render(50);
    const low = 0.5 * (1 - (turned - start) / 768);
    expect(rig.output[turned - 1]).toBeCloseTo(low, 4);
    for (let i = 0; i < 192; i++) expect(rig.output[turned + i]).toBeCloseTo(low + ((0.5 - low) * (i + 1)) / 192, 4);
    rig.send({ type: 'start', stream: 2, rateHz: 24_000 });
    expect(rig.of('stopped')[0]?.playedSamples).toBe(rig.output.length / 2);
  });

  it('takes no sample for a fade that nobody would hear, right after a resume', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(100);
    const start = rig.output.length;
    rig.send({ type: 'pause', stream: 1, fadeMs: 8 });
    rig.render(20);
    rig.send({ type: 'resume', stream: 1, rampMs: 10 }, { type: 'pause', stream: 1, fadeMs: 8 });
    rig.render(20);
    rig.send({ type: 'resume', stream: 1, rampMs: 10 }, { type: 'stop', stream: 1, fadeMs: 8 });
    expect(rig.of('stopped')[0]?.playedSamples).toBe((start + 384) / 2);
  });

  it('does not click even when no time is given', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(100);
    const start = rig.output.length;
    rig.send({ type: 'pause', stream: 1, fadeMs: 0 });
    rig.render(10);
    rig.send({ type: 'resume', stream: 1, rampMs: 0 });
    rig.render(10);
    expect(largestStep(rig.output.slice(start - 1).map((x) => x - 0.5))).toBeLessThan(LAST + 0.001);
    expect(rig.output.at(-1)).toBeCloseTo(0.5, 4);
  });

  it('goes on at the level it was ducked to meanwhile', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(100);
    rig.send({ type: 'duck', gainDb: -20, rampMs: 500 }, { type: 'pause', stream: 1, fadeMs: 5 });
    rig.render(50);
    rig.send({ type: 'duck', gainDb: -12, rampMs: 500 }, { type: 'resume', stream: 1, rampMs: 10 });
    const start = rig.output.length;
    rig.render(50);
    const ducked = 0.5 * 10 ** (-12 / 20);
    for (let i = 0; i < 480; i++) expect(rig.output[start + i]).toBeCloseTo((ducked * (i + 1)) / 480, 4);
    expect(rig.output.at(-1)).toBeCloseTo(ducked, 4);
    rig.send({ type: 'pause', stream: 1, fadeMs: 5 });
    rig.render(10);
    rig.send({ type: 'restore', rampMs: 400 }, { type: 'resume', stream: 1, rampMs: 10 });
    rig.render(20);
    expect(rig.output.at(-1)).toBeCloseTo(0.5, 4);
  });

  it('gathers what arrives, up to its capacity, and reports neither an underrun nor the end', () => {
    const rig = new PlaybackRig(48_000, { ...OPTIONS, capacityMs: 500 });
    const pcm = tone(24_000, 1_000);
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'audio', stream: 1, pcm: pcm.slice(0, 2_400) });
    rig.render(50);
    rig.send({ type: 'pause', stream: 1, fadeMs: 10 });
    rig.render(500);
    rig.send({ type: 'audio', stream: 1, pcm: pcm.slice(2_400, 9_600) }, { type: 'end', stream: 1 });
    rig.render(500);
    expect(rig.events.filter(({ type }) => type !== 'audible' && type !== 'progress')).toEqual([]);
    rig.send({ type: 'resume', stream: 1, rampMs: 10 });
    rig.render(500);
    expect(rig.of('drained')[0]?.playedSamples).toBe(9_600);
    expect(rig.of('underrun')).toEqual([]);
  });

  it('reports what no longer fits while it stands still', () => {
    const rig = new PlaybackRig(48_000, { ...OPTIONS, capacityMs: 500 });
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'audio', stream: 1, pcm: tone(24_000, 500) });
    rig.send({ type: 'pause', stream: 1, fadeMs: 10 });
    rig.render(500);
    rig.send({ type: 'audio', stream: 1, pcm: tone(24_000, 100) });
    expect(rig.of('overflow')).toEqual([{ type: 'overflow', stream: 1, droppedSamples: 2_400 }]);
  });

  it('takes a buffer that ran out in the fade for no underrun if more has come before it goes on', () => {
    const rig = new PlaybackRig();
    const pcm = tone(24_000, 300);
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'audio', stream: 1, pcm: pcm.slice(0, 2_400) });
    rig.render(80);
    rig.send({ type: 'pause', stream: 1, fadeMs: 100 });
    rig.render(200);
    expect(largestStep(rig.output)).toBeLessThan(largestStep(toFloats(pcm)) + LAST);
    rig.send({ type: 'audio', stream: 1, pcm: pcm.slice(2_400) }, { type: 'end', stream: 1 });
    rig.send({ type: 'resume', stream: 1, rampMs: 10 });
    rig.render(400);
    expect(rig.of('underrun')).toEqual([]);
    expect(rig.of('drained')[0]?.playedSamples).toBe(pcm.length);
  });

  it('holds back an answer that has not begun, and then plays it from its first sample at full level', () => {
    const rig = new PlaybackRig();
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'pause', stream: 1, fadeMs: 10 });
    rig.send({ type: 'audio', stream: 1, pcm: CONSTANT }, { type: 'end', stream: 1 });
    rig.render(300);
    expect(rms(rig.output)).toBe(0);
    rig.send({ type: 'resume', stream: 1, rampMs: 100 });
    rig.render(10);
    expect(rig.output.at(-1)).toBeCloseTo(0.5, 3);
  });

  it('ends as drained when the answer ends within the fade', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 100));
    rig.render(90);
    rig.send({ type: 'pause', stream: 1, fadeMs: 50 });
    rig.render(50);
    expect(rig.of('drained')[0]?.playedSamples).toBe(2_400);
    rig.send({ type: 'resume', stream: 1, rampMs: 10 }, { type: 'stop', stream: 1, fadeMs: 10 });
    expect(rig.of('stopped')[0]?.playedSamples).toBe(2_400);
  });

  it('stops from within the fade as from anywhere else', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(100);
    rig.send({ type: 'pause', stream: 1, fadeMs: 16 });
    rig.render(8);
    const start = rig.output.length;
    rig.send({ type: 'stop', stream: 1, fadeMs: 2 }, { type: 'resume', stream: 1, rampMs: 10 });
    rig.render(20);
    expect(rms(rig.output.slice(start + 96))).toBe(0);
    expect(rig.of('stopped')[0]?.playedSamples).toBe((start + 96) / 2);
  });

  it('ignores a pause and a resume of an earlier stream, and one too many', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(2, 24_000, CONSTANT);
    rig.render(100);
    rig.send({ type: 'pause', stream: 1, fadeMs: 5 }, { type: 'resume', stream: 2, rampMs: 50 });
    rig.render(20);
    expect(rig.output.at(-1)).toBeCloseTo(0.5, 4);
    rig.send({ type: 'pause', stream: 2, fadeMs: 5 });
    rig.render(20);
    rig.send({ type: 'pause', stream: 2, fadeMs: 5 }, { type: 'resume', stream: 1, rampMs: 5 });
    rig.render(20);
    expect(rig.output.at(-1)).toBe(0);
  });

  it('does not keep the next answer waiting', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, CONSTANT);
    rig.render(100);
    rig.send({ type: 'pause', stream: 1, fadeMs: 5 });
    rig.render(20);
    rig.sendAnswer(2, 24_000, CONSTANT);
    rig.render(10);
    expect(rig.of('stopped')[0]).toMatchObject({ stream: 1, playedSamples: 2_432 + 120 });
    expect(rig.output.at(-1)).toBeCloseTo(0.5, 3);
  });
});

describe('Playback under any sequence of pauses', () => {
  const RATE_HZ = 24_000;
  /** No sample resembles its neighbours, so that a shift by one would show at once. */
  const pcm = Int16Array.from(
    { length: 19_200 },
    (_, i) => ((i * 7_919) % 2 ? 1 : -1) * (8_000 + ((i * 7_919) % 8_000)),
  );

  it('loses no sample and plays none twice', () => {
    const step = fc.record({
      type: fc.constantFrom('pause' as const, 'resume' as const, 'duck' as const, 'wait' as const),
      ms: fc.nat({ max: 40 }),
      renderMs: fc.nat({ max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        // At one rate throughout, so that every output is a sample times a gain.
        const rig = new PlaybackRig(RATE_HZ);
        rig.sendAnswer(1, RATE_HZ, pcm);
        for (const { type, ms, renderMs } of steps) {
          if (type === 'pause') rig.send({ type, stream: 1, fadeMs: ms });
          else if (type === 'resume') rig.send({ type, stream: 1, rampMs: ms });
          else if (type === 'duck') rig.send({ type, gainDb: -ms / 4, rampMs: ms + 10 });
          rig.render(renderMs);
        }
        rig.send({ type: 'resume', stream: 1, rampMs: 10 }, { type: 'restore', rampMs: 10 });
        rig.render(900);
        expect(rig.of('drained')).toMatchObject([{ playedSamples: pcm.length }]);
        const gains = gainsOf(rig.output);
        expect(gains.length).toBe(pcm.length);
        // 1/24 a sample by the shortest fade, and a little by ducking.
        expect(largestStep(Float32Array.from(gains, (gain) => gain - gains[0]!))).toBeLessThan(0.05);
        expect(gains.at(-1)).toBeCloseTo(1, 3);
      }),
      { numRuns: 60 },
    );
  });

  /** Of each sample of the answer. The last one of a fade has a gain of zero; the zeros behind it are the pause. */
  function gainsOf(output: Float32Array): number[] {
    const gains: number[] = [];
    let wasZero = true;
    for (const x of output) {
      if (gains.length === pcm.length) break;
      if (x !== 0 || !wasZero) gains.push((x * 32_768) / pcm[gains.length]!);
      wasZero = x === 0;
    }
    return gains;
  }
});
