import { describe, expect, it } from 'vitest';
import { fitSine, sine } from '#dsp/testing/tones';
import { Capture } from './capture.ts';
import type { CaptureFrame } from './capture.messages.ts';

const OPTIONS = { targetRateHz: 16_000, frameSamples: 512 };
const QUANTUM = 128;

interface Recorder {
  capture: Capture;
  frames: CaptureFrame[];
  /** Plays signals of one length to it, a quantum at a time, starting at `startTime`. */
  play(channels: Float32Array[], samples: number, startTime?: number): void;
  samples(): Float32Array;
}

/** Keeps every frame as the far end of a port would get it: copied, with the buffer gone from the sender. */
function record(rateHz: number, { recycles = false } = {}): Recorder {
  const frames: CaptureFrame[] = [];
  const capture = new Capture(rateHz, OPTIONS, (frame) => {
    frames.push(structuredClone(frame, { transfer: [frame.pcm.buffer] }));
    if (recycles) capture.recycle(new Int16Array(512));
  });
  return {
    capture,
    frames,
    play(channels, samples, startTime = 0) {
      for (let at = 0; at + QUANTUM <= samples; at += QUANTUM) {
        const block = channels.map((channel) => channel.subarray(at, at + QUANTUM));
        capture.process(block, QUANTUM, startTime + at / rateHz);
      }
    },
    samples: () =>
      Float32Array.from(
        frames.flatMap((frame) => [...frame.pcm]),
        (x) => x / 32_768,
      ),
  };
}

describe.each([16_000, 44_100, 48_000, 96_000])('Capture from %i Hz', (rateHz) => {
  it('gives a tone its frequency, phase and level, in frames of 512 at 16 kHz', () => {
    const recorder = record(rateHz);
    recorder.play([sine(rateHz, 1_000, rateHz, 0.5)], rateHz);
    expect(recorder.frames.length).toBe(31);
    const fit = fitSine(recorder.samples().slice(512), 16_000, 1_000);
    expect(fit.amplitude).toBeCloseTo(0.5, 4);
    expect(Math.abs(fit.phase)).toBeLessThan(0.001);
    expect(fit.snrDb).toBeGreaterThan(80);
    for (const frame of recorder.frames.slice(1)) expect(frame.levelDb).toBeCloseTo(-9.03, 1);
  });

  it('times the last sample of each frame on the context clock', () => {
    const recorder = record(rateHz);
    recorder.play([sine(rateHz, 1_000, rateHz)], rateHz, 5);
    recorder.frames.forEach((frame, i) => {
      expect(frame.sequence).toBe(i);
      expect(frame.endContextTime).toBeCloseTo(5 + ((i + 1) * 512 - 1) / 16_000, 9);
    });
  });
});

describe('Capture', () => {
  it('finds a click at the instant it happened', () => {
    const rateHz = 44_100;
    const recorder = record(rateHz);
    const signal = new Float32Array(rateHz);
    const clickTime = 0.25;
    signal[clickTime * rateHz] = 1;
    recorder.play([signal], rateHz, 100);
    const samples = recorder.samples();
    const loudest = samples.reduce((best, x, i) => (Math.abs(x) > Math.abs(samples[best]!) ? i : best), 0);
    const frame = recorder.frames[Math.floor(loudest / 512)]!;
    expect(frame.endContextTime - (511 - (loudest % 512)) / 16_000).toBeCloseTo(100 + clickTime, 4);
  });

  it('takes its time from the quantum at hand when the device has left some out', () => {
    const recorder = record(48_000);
    const tone = sine(48_000, 1_000, 4_800);
    recorder.play([tone], 4_736, 0);
    const before = recorder.frames.length;
    recorder.play([tone], 4_736, 10);
    const frame = recorder.frames[before]!;
    expect(frame.endContextTime).toBeCloseTo(10 + ((before + 1) * 512 - 1) / 16_000 - 4_736 / 48_000, 9);
  });

  it('goes on with silent frames while nothing is connected', () => {
    const recorder = record(48_000);
    recorder.play([], 48_000);
    expect(recorder.frames.length).toBe(31);
    for (const frame of recorder.frames) {
      expect(frame.levelDb).toBe(-120);
      expect(frame.pcm.every((x) => x === 0)).toBe(true);
    }
  });

  it('keeps the level when a microphone goes from mono to one side of a stereo pair and back', () => {
    const recorder = record(48_000);
    const tone = sine(48_000, 1_000, 48_000);
    const silence = new Float32Array(48_000);
    recorder.play([tone], 48_000);
    recorder.play([silence, tone], 48_000);
    recorder.play([tone], 48_000);
    const levels = recorder.frames.map((frame) => frame.levelDb);
    expect(Math.min(...levels.slice(1))).toBeGreaterThan(-9.5);
    expect(Math.max(...levels.slice(1))).toBeLessThan(-8.9);
  });

  it('counts samples at full scale, once for all channels, and still clips cleanly', () => {
    const recorder = record(48_000);
    const loud = sine(48_000, 1_000, 48_000, 1.5).map((x) => Math.max(-1, Math.min(1, x)));
    recorder.play([loud, loud], 48_000);
    const atFullScale = loud.subarray(0, 46_464).filter((x) => Math.abs(x) >= 32_767 / 32_768).length;
    const counted = recorder.frames.reduce((sum, frame) => sum + frame.clipped, 0);
    expect(counted).toBeGreaterThan(20_000);
    expect(Math.abs(counted - atFullScale) / atFullScale).toBeLessThan(0.05);
    expect(recorder.samples().every((x) => x >= -1 && x < 1)).toBe(true);
  });

  it('makes no new buffers as long as used ones come back, and never runs out if they do not', () => {
    const recycling = record(48_000, { recycles: true });
    const before = recycling.capture.buffersMade;
    recycling.play([], 480_000);
    expect(recycling.capture.buffersMade).toBe(before);

    const leaking = record(48_000);
    leaking.play([], 480_000);
    expect(leaking.frames.map((frame) => frame.sequence)).toEqual([...leaking.frames.keys()]);
    expect(leaking.frames.length).toBe(312);
  });

  it('does not take back buffers of another size', () => {
    const recorder = record(48_000);
    for (let i = 0; i < 100; i++) recorder.capture.recycle(new Int16Array(i));
    recorder.play([], 480_000);
    expect(recorder.frames.every((frame) => frame.pcm.length === 512)).toBe(true);
  });
});
