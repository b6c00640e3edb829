import { beforeAll, describe, expect, it } from 'vitest';
import { interjection, type InterjectionKind } from '../../e2e/audio/interjections.ts';
import { generatedUtterance } from '../../e2e/audio/recordings.ts';
import { speechProbabilities } from '../../e2e/audio/silero.ts';
import { toFloat } from '../../e2e/audio/voice.ts';
import { rmsDbfs } from '../level.ts';
import { InterjectionDetector } from './interjection.ts';
import { NoiseFloor } from './noise-floor.ts';
import { SpeechEdge } from './speech-edge.ts';
import { framesOf, mix, noise } from './testing/noise.ts';

// Compiling the network takes its time on a busy machine.
beforeAll(() => speechProbabilities(new Float32Array(512)), 60_000);

/** Likelihood after each voiced frame. */
async function likelihoods(signal: Float32Array, detector = new InterjectionDetector()): Promise<number[]> {
  const probabilities = await speechProbabilities(signal);
  const floor = new NoiseFloor();
  const edge = new SpeechEdge();
  const all: number[] = [];
  for (const [i, { frame, endSample }] of [...framesOf(signal)].entries()) {
    edge.push(frame, endSample, floor.push(rmsDbfs(frame)));
    const probability = probabilities[i] ?? 0;
    const likelihood = detector.push(frame, endSample, probability, edge.onsetSample);
    if (probability >= 0.35) all.push(likelihood);
  }
  return all;
}

async function made(kind: InterjectionKind, seed: number): Promise<number[]> {
  const signal = noise(1.4, -66, seed + 1);
  mix(signal, interjection(kind, seed), 500);
  return likelihoods(signal);
}

const SEEDS = [0, 1, 2, 3, 4, 5];
/** 192 ms of voice: when the answer would be hushed. */
const DECISION_FRAMES = 6;
const atDecision = (all: number[]) => all[Math.min(DECISION_FRAMES, all.length) - 1];

describe('InterjectionDetector', () => {
  it('takes a hum and "mm-hm" for what they are from a tenth of a second on', async () => {
    for (const kind of ['hum', 'mm-hm'] as const) {
      for (const seed of SEEDS.slice(0, 3)) {
        const all = await made(kind, seed);
        expect(all.length, `${kind} ${seed}`).toBeGreaterThanOrEqual(3);
        expect(Math.min(...all.slice(2, DECISION_FRAMES)), `${kind} ${seed}`).toBeGreaterThan(0.5);
      }
    }
  });

  it('takes at least four coughs of six for coughs', async () => {
    const judged = await Promise.all(SEEDS.map((seed) => made('cough', seed)));
    expect(judged.filter((all) => (atDecision(all) ?? 1) > 0.5).length).toBeGreaterThanOrEqual(4);
  });

  it('says nothing of keys, which are no voice', async () => {
    for (const seed of SEEDS.slice(0, 3)) expect(await made('keyboard', seed)).toEqual([]);
  });

  it('takes the beginnings of sentences for speech when the answer must fall silent', async () => {
    const texts = ['Wait a moment, please.', 'No, that is wrong.', 'Could you say that again?', 'My name is Ann.'];
    for (const text of texts) {
      const { samples } = await generatedUtterance(text, { rateHz: 16_000, leadMs: 500, tailMs: 200 });
      expect(atDecision(await likelihoods(toFloat(samples).subarray(0, 20_000))), text).toBeLessThan(0.5);
    }
  });

  it('is at nothing before there was voice, and after a quarter of a second without', async () => {
    const detector = new InterjectionDetector();
    const quiet = noise(0.5, -60);
    expect([...framesOf(quiet)].map(({ frame, endSample }) => detector.push(frame, endSample, 0.1, 0))).toEqual(
      Array.from({ length: 15 }, () => 0),
    );
    await likelihoods(interjection('hum', 1), detector);
    const after = [...framesOf(quiet)].map(({ frame, endSample }) => detector.push(frame, endSample, 0.1, 0));
    expect(after.slice(8)).toEqual(after.slice(8).map(() => 0));
  });
});
