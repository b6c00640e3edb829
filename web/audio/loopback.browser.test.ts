import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fitSine, rms } from '#dsp/testing/tones';
import { Scope } from '#kernel/scope';
import { createLoopback, type Loopback } from './loopback.ts';
import { openMicrophone } from './microphone.ts';
import { isLoopbackUseful, SpeakerPath } from './speaker-path.ts';
import { byClick } from './testing/by-click.ts';
import { Recorder } from './testing/recorder.ts';

const TONE_HZ = 440;
const AMPLITUDE = 0.3;
/** A stream comes back into the context this much later than an element plays it, as measured from outside. */
const STREAM_SECONDS = 0.03;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

let scope: Scope;
let context: AudioContext;
beforeEach(async () => {
  scope = new Scope();
  context = await byClick(() => new AudioContext());
  scope.add(() => void context.close());
});
afterEach(() => scope.dispose());

/** Does what makes a loop-back, and returns what its audio element plays besides. */
async function withElement<T>(act: () => Promise<T>): Promise<{ result: T; heard: AudioNode }> {
  const play = vi.spyOn(HTMLMediaElement.prototype, 'play');
  const result = await act();
  const [element] = play.mock.contexts;
  play.mockRestore();
  if (!(element instanceof HTMLMediaElement) || !(element.srcObject instanceof MediaStream))
    throw new Error('no element plays a stream');
  return { result, heard: new MediaStreamAudioSourceNode(context, { mediaStream: element.srcObject }) };
}

async function loopback(): Promise<{ result: Loopback; heard: AudioNode }> {
  return withElement(async () => {
    const made = await createLoopback(context, scope);
    if (!made.ok) throw new Error(made.problem.detail);
    return made.value;
  });
}

function playTone(to: AudioNode): void {
  const tone = new OscillatorNode(context, { frequency: TONE_HZ });
  tone.connect(new GainNode(context, { gain: AMPLITUDE })).connect(to);
  tone.start();
}

/** A sweep from 300 Hz upwards: it resembles itself at one delay only. */
function playSweep(to: AudioNode[], seconds: number): void {
  const rateHz = context.sampleRate;
  const buffer = new AudioBuffer({ length: seconds * rateHz, sampleRate: rateHz });
  const toSample = (_: unknown, i: number) =>
    AMPLITUDE * Math.sin(2 * Math.PI * (i / rateHz) * (300 + (400 * i) / rateHz));
  buffer.copyToChannel(Float32Array.from({ length: buffer.length }, toSample), 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  for (const node of to) source.connect(node);
  source.start();
}

/** By how many samples `late` comes after `early`, up to 400 ms, judged by 200 ms of it. */
function delayBetween(early: Float32Array, late: Float32Array, from: number): number {
  const length = 0.2 * context.sampleRate;
  let best = { delay: 0, likeness: -Infinity };
  for (let delay = 0; delay < 0.4 * context.sampleRate; delay += 4) {
    let likeness = 0;
    for (let i = from; i < from + length; i += 2) likeness += early[i]! * (late[i + delay] ?? 0);
    if (likeness > best.likeness) best = { delay, likeness };
  }
  return best.delay;
}

describe('The loop-back', () => {
  it('brings a tone through at its pitch and level', async () => {
    const { result, heard } = await loopback();
    const recorder = await Recorder.create(context);
    heard.connect(recorder.input);
    playTone(result.input);
    await wait(1_500);
    const { samples } = recorder;
    const piece = context.sampleRate / 10;
    const amplitudes = Array.from({ length: 10 }, (_, i) => {
      const from = samples.length - (i + 1) * piece;
      return fitSine(samples.subarray(from, from + piece), context.sampleRate, TONE_HZ).amplitude;
    });
    expect(Math.abs(20 * Math.log10(median(amplitudes) / AMPLITUDE))).toBeLessThan(3);
  });

  it('knows how late it is', async () => {
    const { result, heard } = await loopback();
    const early = await Recorder.create(context);
    const late = await Recorder.create(context);
    heard.connect(late.input);
    playSweep([early.input, result.input], 2.5);
    await wait(1_000);
    await result.delaySeconds();
    await wait(1_500);
    const told = await result.delaySeconds();
    // Both recorders run on the same quanta, so that only their beginnings may differ.
    const shift = late.samples.length - early.samples.length;
    const measured = [1, 1.3, 1.6].map(
      (second) => delayBetween(early.samples, late.samples, Math.round(second * context.sampleRate)) - shift,
    );
    expect(Math.abs(told + STREAM_SECONDS - median(measured) / context.sampleRate)).toBeLessThan(0.045);
    expect(told).toBeLessThan(0.3);
  });

  it('is useful where the browser can cancel what peer connections play', async () => {
    const microphone = await openMicrophone({}, scope);
    if (!microphone.ok) throw new Error(microphone.problem.kind);
    expect(isLoopbackUseful(microphone.value.stream.getAudioTracks()[0])).toBe(true);
    expect(isLoopbackUseful(undefined)).toBe(false);
  });
});

describe('The speaker path', () => {
  it('goes to the loop-back and back without a gap of 50 ms or a click, and counts its delay', async () => {
    const ear = await Recorder.create(context);
    const path = new SpeakerPath(context, scope, () => undefined, ear.input);
    playTone(path.input);
    await wait(300);
    const directSeconds = path.latencySeconds;
    const exchanges: { gapMs: number; step: number }[] = [];
    // A busy machine may hold up one exchange.
    for (let trial = 0; trial < 3; trial++) {
      const from = ear.samples.length;
      const { result, heard } = await withElement(() => path.use('loopback'));
      heard.connect(ear.input);
      expect(result.ok).toBe(true);
      expect(path.path).toBe('loopback');
      expect(path.latencySeconds).toBeGreaterThan(directSeconds + 0.01);
      await wait(600);
      await path.use('direct');
      expect(path.path).toBe('direct');
      await wait(500);
      exchanges.push(roughness(ear.samples.subarray(from + 0.1 * context.sampleRate)));
      heard.disconnect();
    }
    expect(Math.min(...exchanges.map(({ gapMs }) => gapMs))).toBeLessThan(50);
    // A cut in the middle of the tone would be a step of up to 0.6; the tone itself makes steps of 0.02.
    expect(Math.min(...exchanges.map(({ step }) => step))).toBeLessThan(0.1);
  });

  it('uses a speaker that exists on both paths, and stays where it was when asked for another', async () => {
    const path = new SpeakerPath(context, scope);
    expect((await path.use('loopback')).ok).toBe(true);
    expect(await path.setSink('')).toEqual({ ok: true, value: undefined });
    expect(await path.setSink('no such device')).toMatchObject({ ok: false, problem: { kind: 'speaker-missing' } });
  });
});

/** The longest time a tone falls 20 dB below itself, and its largest step from sample to sample. */
function roughness(samples: Float32Array): { gapMs: number; step: number } {
  const piece = context.sampleRate / 200;
  let [gap, longest, step] = [0, 0, 0];
  for (let at = 0; at + piece <= samples.length; at += piece) {
    gap = rms(samples.subarray(at, at + piece)) < AMPLITUDE / 14 ? gap + 1 : 0;
    longest = Math.max(longest, gap);
  }
  for (let i = 1; i < samples.length; i++) step = Math.max(step, Math.abs(samples[i]! - samples[i - 1]!));
  return { gapMs: longest * 5, step };
}
