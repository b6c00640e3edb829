import { describe, expect, it } from 'vitest';
import { fitSine, rms } from '#dsp/testing/tones';
import { PlaybackRig, tone } from './testing/playback-rig.ts';

describe('Playback under ducking', () => {
  it('moves in a straight line of decibels, sample by sample, and back', () => {
    const rig = new PlaybackRig();
    const pcm = new Int16Array(24_000).fill(16_384);
    rig.sendAnswer(1, 24_000, pcm);
    rig.render(100);
    const start = rig.output.length;
    rig.send({ type: 'duck', gainDb: -12, rampMs: 20 });
    rig.render(50);
    const back = rig.output.length;
    rig.send({ type: 'restore', rampMs: 40 });
    rig.render(100);
    const levelDb = (at: number) => 20 * Math.log10(rig.output[at]! / 0.5);
    for (let i = 0; i < 960; i += 37) expect(levelDb(start + i)).toBeCloseTo((-12 * (i + 1)) / 960, 3);
    expect(levelDb(start + 1_000)).toBeCloseTo(-12, 4);
    for (let i = 0; i < 1_920; i += 37) expect(levelDb(back + i)).toBeCloseTo(-12 + (12 * (i + 1)) / 1_920, 3);
    expect(levelDb(back + 2_000)).toBeCloseTo(0, 4);
  });

  it('plays the next answer at full level', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 200));
    rig.render(50);
    rig.send({ type: 'duck', gainDb: -12, rampMs: 0 });
    rig.render(50);
    rig.sendAnswer(2, 24_000, tone(24_000, 200));
    const start = rig.output.length;
    rig.render(100);
    expect(fitSine(rig.output.slice(start + 128), 48_000, 440).amplitude).toBeCloseTo(0.5, 3);
  });
});

describe('Playback that is stopped', () => {
  it('fades sample by sample over the time given, then is silent, and has counted the fade', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, new Int16Array(24_000).fill(16_384));
    rig.render(200);
    const start = rig.output.length;
    rig.send({ type: 'stop', stream: 1, fadeMs: 8 });
    rig.render(20);
    for (let i = 0; i < 384; i++) expect(rig.output[start + i]).toBeCloseTo(0.5 * (1 - (i + 1) / 384), 4);
    expect(rms(rig.output.slice(start + 384))).toBe(0);
    expect(rig.of('stopped')).toEqual([
      {
        type: 'stopped',
        stream: 1,
        playedSamples: (start + 384) / 2,
        contextTime: expect.closeTo((start + 384) / 48_000, 9),
      },
    ]);
  });

  it('does not click even when no time is given for the fade', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, new Int16Array(24_000).fill(16_384));
    rig.render(100);
    const start = rig.output.length;
    rig.send({ type: 'stop', stream: 1, fadeMs: 0 });
    rig.render(10);
    const fade = rig.output.slice(start - 1);
    fade.slice(1).forEach((x, i) => expect(Math.abs(x - fade[i]!)).toBeLessThan(0.5 / 48 + 0.001));
    expect(rms(rig.output.slice(start + 48))).toBe(0);
  });

  it('fades an answer out that ends in mid-wave', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, new Int16Array(2_400).fill(16_384));
    rig.render(120);
    const fade = rig.output.slice(2_400);
    fade.slice(1).forEach((x, i) => expect(Math.abs(x - fade[i]!)).toBeLessThan(0.5 / 48 + 0.001));
    expect(rms(rig.output.slice(4_800 + 48))).toBe(0);
    expect(rms(rig.output.slice(4_700, 4_800))).toBeCloseTo(0.5, 2);
  });

  it('stops at once when it is still gathering or has run dry', () => {
    const rig = new PlaybackRig();
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'stop', stream: 1, fadeMs: 10 });
    expect(rig.of('stopped')).toEqual([{ type: 'stopped', stream: 1, playedSamples: 0, contextTime: 0 }]);
    rig.send({ type: 'start', stream: 2, rateHz: 24_000 }, { type: 'audio', stream: 2, pcm: tone(24_000, 100) });
    rig.render(200);
    rig.send({ type: 'stop', stream: 2, fadeMs: 10 });
    expect(rig.of('stopped')[1]?.playedSamples).toBeGreaterThan(2_300);
  });

  it('answers a stop that comes too late with what the stream had played', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 100));
    rig.render(200);
    rig.send({ type: 'stop', stream: 1, fadeMs: 10 }, { type: 'stop', stream: 99, fadeMs: 10 });
    expect(rig.of('stopped').map(({ stream, playedSamples }) => [stream, playedSamples])).toEqual([
      [1, 2_400],
      [99, 0],
    ]);
  });

  it('reports one stop once, however often it is asked for', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 500));
    rig.render(100);
    rig.send({ type: 'stop', stream: 1, fadeMs: 20 }, { type: 'stop', stream: 1, fadeMs: 20 });
    rig.render(30);
    expect(rig.of('stopped').length).toBe(1);
  });

  it('is replaced without a click by a stream that starts meanwhile', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, new Int16Array(24_000).fill(16_384));
    rig.render(100);
    const start = rig.output.length;
    rig.sendAnswer(2, 44_100, tone(44_100, 100, 440, 0.1));
    rig.render(150);
    expect(rig.of('stopped')[0]).toMatchObject({ stream: 1, playedSamples: start / 2 });
    // The old value falls in 48 steps under the new tone, which moves by 0.006 at most.
    const joint = rig.output.slice(start - 1);
    joint.slice(1).forEach((x, i) => expect(Math.abs(x - joint[i]!)).toBeLessThan(0.5 / 48 + 0.007));
    expect(rig.of('drained')[0]).toMatchObject({ stream: 2, playedSamples: 4_410 });
  });

  it('drops what still comes for an earlier stream', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 500));
    rig.render(50);
    rig.send({ type: 'start', stream: 2, rateHz: 24_000 });
    rig.send({ type: 'audio', stream: 1, pcm: tone(24_000, 500) }, { type: 'end', stream: 1 });
    rig.render(5);
    const quietFrom = rig.output.length;
    rig.render(200);
    expect(rms(rig.output.slice(quietFrom))).toBe(0);
    expect(rig.of('drained')).toEqual([]);
  });
});
