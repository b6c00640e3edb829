import { beforeAll, describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { fitSine, snrDb } from '#dsp/testing/tones';
import { PlaybackRig, tapOf, toFloats, tone } from './testing/playback-rig.ts';

const FRAME = 512;

/** The frames of the tap, put where they belong, with silence between. */
function heardBy(rig: PlaybackRig): Int16Array {
  const last = rig.taps.at(-1)!;
  const heard = new Int16Array((last.sequence + 1) * FRAME);
  for (const { sequence, pcm } of rig.taps) heard.set(pcm, sequence * FRAME);
  return heard;
}

describe.each([44_100, 48_000, 96_000, 16_000, 22_051])('The tap in a %i Hz context', (contextRateHz) => {
  let rig: PlaybackRig;

  /** Two bursts with a second of nothing before and between, the second one ducked and paused. */
  beforeAll(() => {
    rig = new PlaybackRig(contextRateHz);
    rig.render(980);
    rig.sendAnswer(1, 24_000, tone(24_000, 300, 1_000));
    rig.render(1_317);
    rig.sendAnswer(2, 24_000, tone(24_000, 400, 1_000));
    rig.send({ type: 'duck', gainDb: -6, rampMs: 100 });
    rig.render(150);
    rig.send({ type: 'pause', stream: 2, fadeMs: 10 });
    rig.render(100);
    rig.send({ type: 'resume', stream: 2, rampMs: 50 }, { type: 'cue', rateHz: 24_000, pcm: tone(24_000, 100, 700) });
    rig.render(1_000);
  });

  it('gives what left the worklet, sample for sample, and nothing where that was silence', () => {
    const expected = tapOf(rig.output, contextRateHz);
    const heard = heardBy(rig);
    expect(heard.findIndex((x, i) => x !== expected[i])).toBe(-1);
    expect(expected.subarray(heard.length).every((x) => x === 0)).toBe(true);
  });

  it('is true to the sound and to its time', () => {
    const heard = toFloats(heardBy(rig));
    const reference = resample(rig.output, contextRateHz, 16_000).slice(0, heard.length);
    expect(snrDb(heard, reference)).toBeGreaterThan(50);
    const from = 1.05 * 16_000;
    expect(fitSine(heard.slice(from, from + 3_200), 16_000, 1_000).snrDb).toBeGreaterThan(60);
  });

  it('tells when the last sample of each frame left, on the clock of the context', () => {
    for (const { sequence, endContextTime } of rig.taps) {
      expect(endContextTime).toBeCloseTo(((sequence + 1) * FRAME - 1) / 16_000, 9);
    }
  });

  it('goes on for half a second after the sound, then rests', () => {
    const { taps } = rig;
    const gaps = taps.flatMap(({ sequence }, i) => (i > 0 && sequence !== taps[i - 1]!.sequence + 1 ? [i] : []));
    expect(gaps.length).toBe(1);
    expect(taps[0]!.sequence).toBe(Math.floor(0.98 / 0.032));
    const restedAt = taps[gaps[0]! - 1]!.endContextTime;
    const drainedAt = rig.of('drained')[0]!.contextTime;
    expect(restedAt - drainedAt).toBeGreaterThan(0.5);
    expect(restedAt - drainedAt).toBeLessThan(0.57);
  });
});

describe('The tap', () => {
  it('finds a click at the instant it left', () => {
    const rig = new PlaybackRig(44_100);
    rig.render(700);
    const pcm = new Int16Array(4_410);
    pcm[2_205] = 30_000;
    rig.sendAnswer(1, 44_100, pcm);
    rig.render(500);
    const clickTime = rig.output.findIndex((x) => x > 0.9) / 44_100;
    const heard = heardBy(rig);
    const at = heard.indexOf(Math.max(...heard));
    const frame = rig.taps.find(({ sequence }) => sequence === Math.floor(at / FRAME))!;
    expect(clickTime).toBeGreaterThan(0.7);
    expect(Math.abs(frame.endContextTime - (FRAME - 1 - (at % FRAME)) / 16_000 - clickTime)).toBeLessThan(0.6 / 16_000);
  });

  it('clips what answer and cue together have above full scale', () => {
    const rig = new PlaybackRig();
    rig.send({ type: 'cue', rateHz: 24_000, pcm: tone(24_000, 300, 500, 0.9) });
    rig.sendAnswer(1, 24_000, tone(24_000, 300, 500, 0.9));
    rig.render(400);
    expect(Math.max(...heardBy(rig))).toBe(32_767);
  });

  it('makes no new buffers as long as used ones come back', () => {
    const rig = new PlaybackRig();
    const before = rig.playback.tapBuffersMade;
    rig.sendAnswer(1, 24_000, tone(24_000, 4_000));
    rig.render(4_000);
    expect(rig.taps.length).toBe(124);
    expect(rig.playback.tapBuffersMade).toBe(before);
  });
});
