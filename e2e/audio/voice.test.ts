import { describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { synthesizeVoice } from './formant-voice.ts';
import { generatedUtterance, turnRecordings } from './recordings.ts';
import { SILERO_FRAME_SAMPLES, speechProbabilities } from './silero.ts';
import { speak, toFloat, VOICE_RATE_HZ } from './voice.ts';
import { encodeWav, parseWav } from './wav.ts';

const TEXTS = [
  'Hello there, what is the weather going to be like tomorrow morning in Berlin?',
  'Five.',
  'Nobody can see the moon from under that old roof, my dear fellow.',
  '明日の天気はどうですか。',
];
const share = <T>(items: readonly T[], test: (item: T) => boolean) => items.filter(test).length / items.length;

describe('the formant voice', () => {
  it('is taken for speech by Silero in at least 80 % of its loud frames', async () => {
    for (const text of TEXTS) {
      const samples = resample(synthesizeVoice(text, VOICE_RATE_HZ), VOICE_RATE_HZ, 16_000);
      // Half a second of quiet first: the model needs a few frames to wake up, in a call it has had them.
      const heard = Float32Array.from([...new Float32Array(8_000), ...samples, ...new Float32Array(8_000)]);
      const probabilities = await speechProbabilities(heard);
      const loud = probabilities.filter((_, i) => {
        const frame = heard.subarray(i * SILERO_FRAME_SAMPLES, (i + 1) * SILERO_FRAME_SAMPLES);
        return Math.hypot(...frame) / Math.sqrt(frame.length) > 0.02;
      });
      expect(loud.length, text).toBeGreaterThan(4);
      expect(
        share(loud, (p) => p >= 0.5),
        text,
      ).toBeGreaterThanOrEqual(0.8);
    }
  });

  it('is deterministic, differs by text, and never clips', () => {
    const [first, again, other] = ['good day', 'good day', 'good night'].map((text) => synthesizeVoice(text, 24_000));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(Math.max(...(first ?? []))).toBeLessThanOrEqual(0.5);
  });
});

describe('speak', () => {
  it('gives real speech at 24 kHz, the same each time', async () => {
    const speech = await speak('The quick brown fox jumps over the lazy dog.');
    expect(speech.rateHz).toBe(24_000);
    expect(speech.samples.length / 24_000).toBeGreaterThan(1.5);
    expect(speech.samples.length / 24_000).toBeLessThan(5);
    expect(await speak('The quick brown fox jumps over the lazy dog.')).toBe(speech);
    const probabilities = await speechProbabilities(resample(toFloat(speech.samples), 24_000, 16_000));
    expect(share(probabilities, (p) => p >= 0.5)).toBeGreaterThan(0.7);
  });
});

describe('generated utterances', () => {
  it.each([16_000, 48_000])('say where they begin and end, at %i Hz', async (rateHz) => {
    const utterance = await generatedUtterance('Do you live by yourself?', { rateHz, leadMs: 700, tailMs: 900 });
    expect(utterance.onsetMs).toBe(700);
    expect(utterance.samples.length).toBe(Math.round(((utterance.offsetMs + 900) * rateHz) / 1000));
    const probabilities = await speechProbabilities(resample(toFloat(utterance.samples), rateHz, 16_000));
    const frameMs = 32;
    const speech = probabilities.map((p, i) => (p >= 0.5 ? i * frameMs : -1)).filter((ms) => ms >= 0);
    expect(Math.abs((speech[0] ?? 0) - utterance.onsetMs)).toBeLessThan(200);
    expect(Math.abs((speech.at(-1) ?? 0) - utterance.offsetMs)).toBeLessThan(250);
  });

  it('speak at -26 dBFS', async () => {
    const { samples, onsetMs, offsetMs } = await generatedUtterance('Good day.', {
      rateHz: 16_000,
      leadMs: 100,
      tailMs: 100,
    });
    const speech = toFloat(samples).subarray(onsetMs * 16, offsetMs * 16);
    expect(20 * Math.log10(Math.hypot(...speech) / Math.sqrt(speech.length))).toBeCloseTo(-26, 0);
  });
});

describe('test recordings', () => {
  const recordings = turnRecordings();

  it('load with their ground truth', ({ skip }) => {
    skip(recordings.length === 0, 'no recordings beside the checkout');
    expect(recordings.length).toBeGreaterThan(20);
    for (const { load, durationMs, turns } of recordings) {
      const { samples, rateHz } = load();
      expect(rateHz).toBe(16_000);
      expect(samples.length / 16).toBeCloseTo(durationMs, -2);
      for (const { onsetMs, offsetMs } of turns) {
        expect(onsetMs).toBeLessThan(offsetMs);
        expect(offsetMs).toBeLessThanOrEqual(durationMs);
      }
    }
  });
});

describe('WAV files', () => {
  it('come back as they were written', () => {
    const samples = Int16Array.of(0, 1, -1, 32767, -32768);
    expect(parseWav(encodeWav({ samples, rateHz: 24_000 }))).toEqual({ samples, rateHz: 24_000 });
  });
});
