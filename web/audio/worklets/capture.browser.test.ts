import { describe, expect, it } from 'vitest';
import { fitSine } from '#dsp/testing/tones';
import { createOfflineWorklet } from './testing/offline-worklet.ts';
import type { CaptureFrame, CaptureRecycle } from './capture.messages.ts';

const OPTIONS = { targetRateHz: 16_000, frameSamples: 512 };

const create = (rateHz: number, seconds: number) =>
  createOfflineWorklet<CaptureRecycle, CaptureFrame>('capture', { rateHz, seconds, processorOptions: OPTIONS });

/** A 1 kHz tone at 0.5 from the first sample on. */
function playTone(context: BaseAudioContext, node: AudioNode): AudioScheduledSourceNode {
  const tone = new OscillatorNode(context, { frequency: 1_000 });
  const gain = new GainNode(context, { gain: 0.5 });
  tone.connect(gain).connect(node);
  tone.start();
  return tone;
}

const toSamples = (frames: CaptureFrame[]) =>
  Float32Array.from(
    frames.flatMap((frame) => [...frame.pcm]),
    (x) => x / 32_768,
  );

describe.each([44_100, 48_000, 96_000])('The capture worklet in a %i Hz context', (rateHz) => {
  it('hands out a tone as 16 kHz frames with its frequency, phase, level and times', async () => {
    const worklet = await create(rateHz, 1);
    playTone(worklet.context, worklet.node);
    const output = await worklet.render();
    const frames = worklet.events;
    expect(frames.length).toBe(31);
    frames.forEach((frame, i) => {
      expect(frame.sequence).toBe(i);
      expect(frame.endContextTime).toBeCloseTo(((i + 1) * 512 - 1) / 16_000, 6);
      if (i > 0) expect(frame.levelDb).toBeCloseTo(-9.03, 1);
    });
    const fit = fitSine(toSamples(frames).slice(512), 16_000, 1_000);
    expect(fit.amplitude).toBeCloseTo(0.5, 3);
    expect(Math.abs(fit.phase)).toBeLessThan(0.01);
    expect(fit.snrDb).toBeGreaterThan(70);
    expect(output.every((x) => x === 0)).toBe(true);
  });
});

describe('The capture worklet', () => {
  it('keeps its frames coming while nothing is connected, before and after a microphone', async () => {
    const worklet = await create(48_000, 1.5);
    let tone: AudioScheduledSourceNode | undefined;
    worklet.at(0.512, () => {
      tone = playTone(worklet.context, worklet.node);
    });
    worklet.at(1.024, () => tone?.disconnect());
    await worklet.render();
    expect(worklet.events.map((frame) => frame.sequence)).toEqual([...Array(46).keys()]);
    const levels = worklet.events.map((frame) => frame.levelDb);
    expect(levels.slice(0, 15)).toEqual(Array(15).fill(-120));
    expect(Math.min(...levels.slice(17, 31))).toBeGreaterThan(-9.2);
    expect(levels.slice(33)).toEqual(Array(13).fill(-120));
  });

  it('takes a microphone on one side of a stereo signal at its full level', async () => {
    const worklet = await create(48_000, 1);
    const merger = new ChannelMergerNode(worklet.context, { numberOfInputs: 2 });
    const tone = new OscillatorNode(worklet.context, { frequency: 1_000 });
    tone.connect(merger, 0, 1);
    merger.connect(worklet.node);
    tone.start();
    await worklet.render();
    expect(worklet.events.at(-1)?.levelDb).toBeCloseTo(-3.01, 1);
  });

  it('sends nothing more after close', async () => {
    const worklet = await create(48_000, 1);
    worklet.at(0.5, () => worklet.node.port.postMessage({ type: 'close' }));
    await worklet.render();
    expect(worklet.events.length).toBe(15);
  });
});
