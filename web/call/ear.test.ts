import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import type { CaptureFrame } from '../audio/worklets/capture.messages.ts';
import { Ear } from './ear.ts';

const frame = (sequence: number): CaptureFrame => ({
  type: 'frame',
  sequence,
  pcm: new Int16Array(LIMITS.frameSamples).fill(sequence),
  endContextTime: sequence * 0.032,
  levelDb: -30,
  clipped: 0,
});

/** Answers with the frame's own number, out of step with the caller. */
const activity = {
  probability: (samples: Float32Array) => Promise.resolve((samples[0] ?? 0) * 32_768),
  reset: () => {},
  dispose: () => {},
};

const NO_ECHO = { hear: (residual: Float32Array) => ({ likelihood: 0, residual }) };

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('Ear', () => {
  it('hears every frame in order, each with its own probability', async () => {
    const heard: number[] = [];
    const ear = new Ear(NO_ECHO, ({ probability }) => heard.push(probability));
    ear.listenWith(activity);
    for (let i = 0; i < 50; i++) ear.take(frame(i));
    await settled();
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(ear.lostFrames).toBe(0);
  });

  it('keeps what was said while the voice model was still loading', async () => {
    const heard: number[] = [];
    const ear = new Ear(NO_ECHO, ({ probability }) => heard.push(probability));
    for (let i = 0; i < 100; i++) ear.take(frame(i));
    ear.listenWith(activity);
    await settled();
    expect(heard).toHaveLength(100);
  });

  it('counts frames that never came', () => {
    const ear = new Ear(NO_ECHO, () => {});
    ear.take(frame(3));
    ear.take(frame(4));
    ear.take(frame(9));
    expect(ear.lostFrames).toBe(4);
  });

  it('does not take a closed microphone for lost frames', () => {
    const ear = new Ear(NO_ECHO, () => {});
    ear.take(frame(3));
    ear.reset();
    ear.take(frame(300));
    expect(ear.lostFrames).toBe(0);
  });

  it('does not collect sound for ever when no model ever comes', () => {
    const ear = new Ear(NO_ECHO, () => {});
    for (let i = 0; i < 2000; i++) ear.take(frame(i));
    expect(ear.lostFrames).toBe(2000 - Math.ceil((30 * LIMITS.inputRateHz) / LIMITS.frameSamples));
  });
});
