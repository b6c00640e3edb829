import { describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { fitSine, rms } from '#dsp/testing/tones';
import { PlaybackRig, toFloats, tone } from './testing/playback-rig.ts';

describe.each([
  [24_000, 48_000],
  [24_000, 44_100],
  [24_000, 24_000],
  [48_000, 16_000],
])('Playback of %i Hz in a %i Hz context', (rateHz, contextRateHz) => {
  it('plays an answer, resampled, to the last sample, and reports when it was heard and drained', () => {
    const rig = new PlaybackRig(contextRateHz);
    const pcm = tone(rateHz, 1_000);
    rig.sendAnswer(7, rateHz, pcm);
    rig.render(1_100);
    const expected = resample(toFloats(pcm), rateHz, contextRateHz);
    const settled = expected.length - 0.01 * contextRateHz;
    expect(rig.output.slice(0, settled)).toEqual(expected.slice(0, settled));
    expect(rms(rig.output.slice(expected.length + 0.0011 * contextRateHz))).toBe(0);
    const first = expected.findIndex((x) => Math.abs(x) > 10 ** (-50 / 20));
    const contextTime = expect.closeTo(first / contextRateHz, 9);
    const leadMs = expect.closeTo((1000 * first) / contextRateHz, 9);
    expect(rig.of('audible')).toEqual([{ type: 'audible', stream: 7, contextTime, leadMs }]);
    expect(rig.of('drained')).toEqual([
      { type: 'drained', stream: 7, playedSamples: pcm.length, contextTime: expect.closeTo(1, 9) },
    ]);
  });

  it.each([10, 130, 500])('counts exactly the samples that left the worklet in %i ms', (ms) => {
    const rig = new PlaybackRig(contextRateHz);
    rig.sendAnswer(1, rateHz, tone(rateHz, 1_000));
    rig.render(ms);
    rig.send({ type: 'start', stream: 2, rateHz });
    const playedSamples = Math.floor((rig.output.length * rateHz) / contextRateHz);
    expect(rig.of('stopped')[0]).toMatchObject({ stream: 1, playedSamples });
  });
});

describe('Playback', () => {
  it('plays a tone with nothing but the tone in it', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 1_000, 1_000, 0.8));
    rig.render(900);
    const fit = fitSine(rig.output.slice(4_800), 48_000, 1_000);
    expect(fit.amplitude).toBeCloseTo(0.8, 4);
    expect(fit.snrDb).toBeGreaterThan(80);
  });

  it('starts once the reserve is gathered, and not before', () => {
    const rig = new PlaybackRig();
    const pcm = new Int16Array(24_000).fill(16_384);
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'audio', stream: 1, pcm: pcm.slice(0, 1_919) });
    rig.render(50);
    expect(rig.events).toEqual([]);
    expect(rms(rig.output)).toBe(0);
    const contextTime = rig.output.length / 48_000;
    rig.send({ type: 'audio', stream: 1, pcm: pcm.slice(1_919, 1_920) });
    rig.render(3);
    expect(rig.events).toEqual([{ type: 'audible', stream: 1, contextTime, leadMs: 0 }]);
  });

  it('plays an answer shorter than the reserve as soon as it is complete', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 20));
    rig.render(25);
    expect(rig.of('drained')[0]).toMatchObject({ playedSamples: 480, contextTime: expect.closeTo(0.02, 9) });
  });

  it('drains an empty answer that nobody heard', () => {
    const rig = new PlaybackRig();
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'end', stream: 1 });
    rig.render(3);
    expect(rig.events.map((event) => event.type)).toEqual(['drained']);
  });

  it('reports progress every 50 ms, with the level of what is heard', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, tone(24_000, 1_000));
    rig.render(1_000);
    const progress = rig.of('progress');
    expect(progress.length).toBe(19);
    progress.forEach((event, i) => {
      expect(event.playedSamples / 24).toBeGreaterThanOrEqual(50 * (i + 1));
      expect(event.playedSamples / 24).toBeLessThan(53 * (i + 1));
      expect(event.bufferedMs).toBeCloseTo(1_000 - event.playedSamples / 24, 6);
      expect(event.levelDb).toBeCloseTo(-9.03, 0);
    });
  });
});

describe('The first sound of an answer', () => {
  /** 300 ms of a synthesizer's own silence, noise at -56 dBFS included, then a tone. */
  function withLead(): Int16Array<ArrayBuffer> {
    const pcm = new Int16Array(24_000);
    for (let i = 0; i < 7_200; i++) pcm[i] = i % 2 ? 50 : -50;
    pcm.set(tone(24_000, 700, 500), 7_200);
    return pcm;
  }

  it.each([48_000, 44_100, 24_000])('is reported to the sample, with the silence before it, at %i Hz', (rateHz) => {
    const rig = new PlaybackRig(rateHz);
    rig.render(40);
    const start = rig.output.length;
    rig.sendAnswer(1, 24_000, withLead());
    rig.render(800);
    const first = rig.output.findIndex((x) => Math.abs(x) > 10 ** (-50 / 20)) - start;
    expect(first / rateHz).toBeCloseTo(0.3, 3);
    expect(rig.of('audible')).toEqual([
      {
        type: 'audible',
        stream: 1,
        contextTime: expect.closeTo((start + first) / rateHz, 9),
        leadMs: expect.closeTo((1000 * first) / rateHz, 9),
      },
    ]);
  });

  it('is judged before ducking, and does not count a gap or a pause as the answer’s own silence', () => {
    const rig = new PlaybackRig();
    const pcm = withLead();
    rig.send({ type: 'start', stream: 1, rateHz: 24_000 }, { type: 'duck', gainDb: -60, rampMs: 0 });
    rig.send({ type: 'audio', stream: 1, pcm: pcm.slice(0, 2_400) });
    rig.render(200);
    rig.send({ type: 'audio', stream: 1, pcm: pcm.slice(2_400) }, { type: 'end', stream: 1 });
    rig.render(50);
    rig.send({ type: 'pause', stream: 1, fadeMs: 5 });
    rig.render(200);
    rig.send({ type: 'resume', stream: 1, rampMs: 5 });
    rig.render(300);
    expect(rig.of('audible')[0]?.leadMs).toBeCloseTo(300, 0);
    expect(rig.of('audible')[0]?.contextTime).toBeGreaterThan(0.59);
  });

  it('is never reported if there is none', () => {
    const rig = new PlaybackRig();
    rig.sendAnswer(1, 24_000, new Int16Array(7_200).fill(80));
    rig.render(400);
    expect(rig.events.map(({ type }) => type)).not.toContain('audible');
    expect(rig.of('drained').length).toBe(1);
  });
});
