import { describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { fitSine, rms, snrDb } from '#dsp/testing/tones';
import { CueVoice } from './cue-voice.ts';
import { PlaybackRig, toFloats, tone } from './testing/playback-rig.ts';

describe('A cue', () => {
  it.each([48_000, 44_100, 24_000])('sounds while nothing else plays, complete, at %i Hz', (contextRateHz) => {
    const rig = new PlaybackRig(contextRateHz);
    rig.render(20);
    const start = rig.output.length;
    const pcm = tone(24_000, 200, 600, 0.1);
    rig.send({ type: 'cue', rateHz: 24_000, pcm });
    rig.render(300);
    const expected = resample(toFloats(pcm), 24_000, contextRateHz);
    const settled = expected.length - Math.ceil(0.01 * contextRateHz);
    expect(rig.output.slice(start, start + settled)).toEqual(expected.slice(0, settled));
    expect(rms(rig.output.slice(start + expected.length + 0.0011 * contextRateHz))).toBe(0);
    expect(rig.events).toEqual([]);
  });

  it('is added to an answer that plays, is paused or is ducked, and is never ducked itself', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 1_000, 440, 0.5));
    rig.render(100);
    rig.send({ type: 'duck', gainDb: -40, rampMs: 0 });
    rig.render(20);
    const levelOf = (toneHz: number, ms: number) => {
      const start = rig.output.length;
      rig.render(ms);
      return fitSine(rig.output.slice(start + 480, start + 480 + 4_800), 48_000, toneHz).amplitude;
    };
    rig.send({ type: 'cue', rateHz: 24_000, pcm: tone(24_000, 120, 1_000, 0.1) });
    expect(levelOf(1_000, 150)).toBeCloseTo(0.1, 3);
    rig.send({ type: 'pause', stream: 1, fadeMs: 5 });
    rig.render(10);
    rig.send({ type: 'cue', rateHz: 24_000, pcm: tone(24_000, 120, 1_000, 0.1) });
    expect(levelOf(1_000, 150)).toBeCloseTo(0.1, 4);
    rig.send({ type: 'restore', rampMs: 0 }, { type: 'resume', stream: 1, rampMs: 5 });
    rig.send({ type: 'cue', rateHz: 24_000, pcm: tone(24_000, 120, 1_000, 0.1) });
    expect(levelOf(440, 150)).toBeCloseTo(0.5, 3);
  });

  it('leaves the answer, its count and its level as they are', () => {
    const pcm = tone(24_000, 500);
    const [plain, cued] = [new PlaybackRig(), new PlaybackRig()];
    plain.sendAnswer(1, 24_000, pcm);
    cued.sendAnswer(1, 24_000, pcm);
    cued.send({ type: 'cue', rateHz: 24_000, pcm: tone(24_000, 200, 600, 0.1) });
    plain.render(600);
    cued.render(600);
    expect(cued.events).toEqual(plain.events);
    const cue = resample(toFloats(tone(24_000, 190, 600, 0.1)), 24_000, 48_000).slice(0, 8_640);
    const added = cued.output.slice(0, cue.length).map((x, i) => x - plain.output[i]!);
    expect(snrDb(added, cue)).toBeGreaterThan(80);
  });

  it('cuts off the one before without a click', () => {
    const rig = new PlaybackRig();
    const loud = new Int16Array(4_800).fill(16_384);
    rig.send({ type: 'cue', rateHz: 24_000, pcm: loud });
    rig.render(50);
    const start = rig.output.length;
    rig.send({ type: 'cue', rateHz: 16_000, pcm: tone(16_000, 100, 500, 0.1) });
    rig.render(150);
    // The old value falls in 48 steps under the new tone, which moves by 0.0066 at most.
    const joint = rig.output.slice(start - 1);
    joint.slice(1).forEach((x, i) => expect(Math.abs(x - joint[i]!)).toBeLessThan(0.5 / 48 + 0.0075));
    expect(fitSine(rig.output.slice(start + 960, start + 3_840), 48_000, 500).amplitude).toBeCloseTo(0.1, 3);
  });

  it('ends when it has been too long for a cue, without a click', () => {
    const rig = new PlaybackRig();
    rig.send({ type: 'cue', rateHz: 24_000, pcm: new Int16Array(48_000).fill(8_192) });
    rig.render(1_100);
    expect(rig.output.findLastIndex((x) => x !== 0) / 48).toBeLessThan(CueVoice.MAX_MS + 1.1);
    const end = rig.output.slice(24_000);
    end.slice(1).forEach((x, i) => expect(Math.abs(x - end[i]!)).toBeLessThan(0.25 / 48 + 0.001));
  });
});
