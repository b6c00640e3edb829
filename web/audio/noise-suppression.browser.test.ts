import { describe, expect, it } from 'vitest';
import { rms, toDb } from '#dsp/testing/tones';
import { Scope } from '#kernel/scope';
import { synthesizeVoice } from '../../e2e/audio/formant-voice.ts';
import { addRnnoise, createNoiseSuppressor } from './noise-suppression.ts';
import { byClick } from './testing/by-click.ts';
import { pinkNoise } from './testing/pink-noise.ts';

const SNR_DB = 10;
const LEAD_SECONDS = 1.5;
const DELAY_SAMPLES = 992;

/** A sentence between 1.5 s of pauses, alone and with pink noise 10 dB below it. */
function scene(rateHz: number) {
  const voice = synthesizeVoice('For the twentieth time that evening the two men shook hands.', rateHz);
  const lead = LEAD_SECONDS * rateHz;
  const speech = new Float32Array(voice.length + 2 * lead);
  speech.set(voice, lead);
  const noise = pinkNoise(speech.length);
  const noiseGain = rms(voice) / rms(noise) / 10 ** (SNR_DB / 20);
  const noisy = speech.map((sample, i) => 0.3 * (sample + noiseGain * noise[i]!));
  return { speech: speech.map((sample) => 0.3 * sample), noisy, onset: lead, offset: lead + voice.length };
}

async function render(rateHz: number, signal: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, signal.length, rateHz);
  const node = await addRnnoise(context);
  const buffer = new AudioBuffer({ length: signal.length, sampleRate: rateHz });
  buffer.copyToChannel(signal, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  // The module is made inside the worklet, which does not say when; an offline context would not wait for it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return (await context.startRendering()).getChannelData(0);
}

/** At which delay, of those up to 40 ms, the output resembles the input most. */
function delayOf(output: Float32Array, input: Float32Array, from: number, length: number): number {
  let best = { delay: 0, likeness: -Infinity };
  for (let delay = 0; delay < 1_920; delay++) {
    let likeness = 0;
    for (let i = from; i < from + length; i++) likeness += input[i]! * output[i + delay]!;
    if (likeness > best.likeness) best = { delay, likeness };
  }
  return best.delay;
}

const levelDb = (signal: Float32Array, from: number, to: number) => toDb(rms(signal.subarray(from, to)));

describe.each([44_100, 48_000])('RNNoise in a %i Hz context', (rateHz) => {
  it('takes the noise out of the pauses by 12 dB and more, and leaves the speech its level and place', async () => {
    const { speech, noisy, onset, offset } = scene(rateHz);
    const output = await render(rateHz, noisy);
    const second = rateHz;
    for (const [from, to] of [
      [onset - 0.7 * second, onset - 0.1 * second],
      [offset + 0.5 * second, offset + 1.4 * second],
    ] as const)
      expect(levelDb(noisy, from, to) - levelDb(output, from, to)).toBeGreaterThan(12);
    const spoken = levelDb(output, onset + DELAY_SAMPLES, offset + DELAY_SAMPLES);
    expect(Math.abs(spoken - levelDb(speech, onset, offset))).toBeLessThan(3);
    const delay = delayOf(output, speech, onset + 0.5 * second, 0.5 * second);
    expect(Math.abs(delay - DELAY_SAMPLES)).toBeLessThan(5);
  });
});

describe('The noise suppressor', () => {
  it('tells how much it takes out of a running signal, and stops with its scope', async () => {
    const scope = new Scope();
    const context = await byClick(() => new AudioContext());
    scope.add(() => void context.close());
    const made = await createNoiseSuppressor(context, scope);
    if (!made.ok) throw new Error(made.problem.detail);
    const { input, output, delaySeconds, suppressedDb } = made.value;
    expect(delaySeconds).toBeCloseTo(DELAY_SAMPLES / context.sampleRate, 6);
    const noise = pinkNoise(context.sampleRate);
    const buffer = new AudioBuffer({ length: noise.length, sampleRate: context.sampleRate });
    buffer.copyToChannel(noise, 0);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(input);
    output.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
    source.start();
    await expect.poll(() => suppressedDb(), { interval: 100, timeout: 8_000 }).toBeGreaterThan(12);
    scope.dispose();
  });

  it('refuses a rate it was not made for', async () => {
    const scope = new Scope();
    const context = new AudioContext({ sampleRate: 96_000 });
    scope.add(() => void context.close());
    const made = await createNoiseSuppressor(context, scope);
    expect(made).toMatchObject({ ok: false, problem: { kind: 'noise-suppression-failed' } });
    scope.dispose();
  });
});
