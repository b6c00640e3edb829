import { describe, expect, it } from 'vitest';
import { floatToInt16, int16ToFloat } from '#dsp/pcm';
import { resample } from '#dsp/resampler';
import { fitSine, rms, sine, snrDb } from '#dsp/testing/tones';
import { createOfflineWorklet, type OfflineWorklet } from './testing/offline-worklet.ts';
import type { PlaybackCommand, PlaybackEvent } from './playback.messages.ts';

const TAP = { rateHz: 16_000, frameSamples: 512 };
const OPTIONS = { reserveMs: 80, maxReserveMs: 400, capacityMs: 5_000, tap: TAP };

type PlaybackWorklet = OfflineWorklet<PlaybackCommand, PlaybackEvent>;

const create = (rateHz: number, seconds: number): Promise<PlaybackWorklet> =>
  createOfflineWorklet('playback', { rateHz, seconds, processorOptions: OPTIONS });

function tone(rateHz: number, samples: number): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(samples);
  floatToInt16(sine(rateHz, 1_000, samples), pcm);
  return pcm;
}

/** As the call worker does it: in transferred pieces of 20 ms. */
function sendAnswer(worklet: PlaybackWorklet, stream: number, rateHz: number, pcm: Int16Array): void {
  worklet.send({ type: 'start', stream, rateHz });
  for (let at = 0; at < pcm.length; at += rateHz / 50) {
    const piece = pcm.slice(at, at + rateHz / 50);
    worklet.send({ type: 'audio', stream, pcm: piece }, [piece.buffer]);
  }
  worklet.send({ type: 'end', stream });
}

/** When the answer's own first sample left, heard or not. */
function startOf(worklet: PlaybackWorklet): number {
  const audible = find(worklet, 'audible');
  return audible ? audible.contextTime - audible.leadMs / 1000 : Number.NaN;
}

const find = <T extends PlaybackEvent['type']>(worklet: PlaybackWorklet, type: T) =>
  worklet.events.find((event): event is Extract<PlaybackEvent, { type: T }> => event.type === type);

describe.each([44_100, 48_000, 96_000])('The playback worklet in a %i Hz context', (rateHz) => {
  it('plays a 24 kHz tone with an SNR above 80 dB, sample for sample, and counts it exactly', async () => {
    const worklet = await create(rateHz, 1.2);
    const pcm = tone(24_000, 24_000);
    sendAnswer(worklet, 3, 24_000, pcm);
    const output = await worklet.render();
    const start = startOf(worklet);
    const first = Math.round(start * rateHz);
    const floats = new Float32Array(pcm.length);
    int16ToFloat(pcm, floats);
    const expected = resample(floats, 24_000, rateHz);
    const settled = Math.floor(0.98 * rateHz);
    expect(snrDb(output.slice(first, first + settled), expected.slice(0, settled))).toBeGreaterThan(100);
    const middle = output.slice(first + rateHz / 10, first + settled);
    expect(fitSine(middle, rateHz, 1_000).snrDb).toBeGreaterThan(80);
    expect(rms(output.slice(0, first))).toBe(0);
    expect(rms(output.slice(first + expected.length + Math.ceil(0.001 * rateHz)))).toBe(0);
    const drained = find(worklet, 'drained');
    expect(drained).toMatchObject({ stream: 3, playedSamples: 24_000 });
    expect(drained?.contextTime).toBeCloseTo(start + 1, 6);
  });

  it('is silent within the fade and one render quantum of a stop', async () => {
    const worklet = await create(rateHz, 1);
    sendAnswer(worklet, 1, 24_000, tone(24_000, 24_000));
    let asked = Number.NaN;
    worklet.at(0.5, () => {
      asked = worklet.context.currentTime;
      worklet.send({ type: 'stop', stream: 1, fadeMs: 8 });
    });
    const output = await worklet.render();
    const lastSound = output.findLastIndex((x) => x !== 0);
    expect(lastSound / rateHz).toBeGreaterThan(asked);
    expect(lastSound).toBeLessThanOrEqual(Math.ceil((asked + 0.008) * rateHz) + 128);
    const stopped = find(worklet, 'stopped');
    expect(stopped?.contextTime).toBeCloseTo((lastSound + 1) / rateHz, 3);
    const start = startOf(worklet);
    expect(stopped?.playedSamples).toBeCloseTo(((stopped?.contextTime ?? Number.NaN) - start) * 24_000, -0.5);
  });
});

describe('The playback worklet', () => {
  it('survives a gap in the supply without losing a sample', async () => {
    const worklet = await create(48_000, 1.5);
    const pcm = tone(24_000, 12_000);
    worklet.send({ type: 'start', stream: 1, rateHz: 24_000 });
    worklet.send({ type: 'audio', stream: 1, pcm: pcm.slice(0, 4_800) });
    worklet.at(0.5, () => {
      worklet.send({ type: 'audio', stream: 1, pcm: pcm.slice(4_800) });
      worklet.send({ type: 'end', stream: 1 });
    });
    const output = await worklet.render();
    expect(find(worklet, 'underrun')).toMatchObject({ stream: 1, reserveMs: 140 });
    expect(find(worklet, 'drained')).toMatchObject({ playedSamples: 12_000 });
    expect(rms(output.slice(48 * 210, 48 * 490))).toBe(0);
    expect(rms(output.slice(48 * 520, 48 * 790))).toBeCloseTo(0.5 / Math.SQRT2, 2);
  });

  it('pauses at a sample and goes on with the next, while cues sound', async () => {
    const worklet = await create(48_000, 1.4);
    const pcm = tone(24_000, 12_000);
    sendAnswer(worklet, 1, 24_000, pcm);
    worklet.at(0.2, () => worklet.send({ type: 'pause', stream: 1, fadeMs: 10 }));
    worklet.at(0.5, () => worklet.send({ type: 'cue', rateHz: 24_000, pcm: tone(24_000, 2_400) }));
    worklet.at(0.8, () => worklet.send({ type: 'resume', stream: 1, rampMs: 10 }));
    const output = await worklet.render();
    expect(rms(output.slice(48 * 215, 48 * 495))).toBe(0);
    expect(rms(output.slice(48 * 510, 48 * 590))).toBeCloseTo(0.5 / Math.SQRT2, 2);
    const floats = new Float32Array(pcm.length);
    int16ToFloat(pcm, floats);
    const expected = resample(floats, 24_000, 48_000);
    const paused = Math.ceil((0.2 * 48_000) / 128) * 128 + 480;
    const resumed = Math.ceil((0.8 * 48_000) / 128) * 128;
    const rest = expected.slice(paused + 480, -480);
    expect(output.slice(resumed + 480, resumed + 480 + rest.length)).toEqual(rest);
    expect(find(worklet, 'drained')).toMatchObject({ playedSamples: 12_000 });
    expect(find(worklet, 'underrun')).toBe(undefined);
  });

  it('hands what left it to the worker, frame by frame, on the clock of the context', async () => {
    const worklet = await create(48_000, 1);
    sendAnswer(worklet, 1, 24_000, tone(24_000, 12_000));
    const output = await worklet.render();
    const frames = worklet.events.filter((event) => event.type === 'tap');
    const expected = resample(output, 48_000, 16_000);
    expect(frames.length).toBeGreaterThan(28);
    for (const { sequence, pcm, endContextTime } of frames) {
      const actual = new Float32Array(pcm.length);
      int16ToFloat(pcm, actual);
      const there = expected.slice(sequence * TAP.frameSamples, (sequence + 1) * TAP.frameSamples);
      // The answer lasts 15.6 frames; behind it the ratio is one of nothing to nothing.
      if (sequence < 15) expect(snrDb(actual, there)).toBeGreaterThan(50);
      expect(endContextTime).toBeCloseTo(((sequence + 1) * TAP.frameSamples - 1) / TAP.rateHz, 9);
    }
  });

  it('falls silent when it is closed', async () => {
    const worklet = await create(48_000, 1);
    sendAnswer(worklet, 1, 24_000, tone(24_000, 24_000));
    worklet.at(0.5, () => worklet.node.port.postMessage({ type: 'close' }));
    const output = await worklet.render();
    expect(rms(output.slice(48 * 400, 48 * 490))).toBeGreaterThan(0.3);
    expect(rms(output.slice(48 * 510))).toBe(0);
  });
});
