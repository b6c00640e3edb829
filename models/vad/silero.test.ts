import { beforeAll, describe, expect, it } from 'vitest';
import { generatedUtterance, turnRecordings } from '../../e2e/audio/recordings.ts';
import { speechProbabilities } from '../../e2e/audio/silero.ts';
import { SILERO, Silero, type SileroNetwork } from './silero.ts';
import { loadNodeNetwork } from './testing/node-network.ts';

let network: SileroNetwork;

beforeAll(async () => {
  network = await loadNodeNetwork();
});

async function probabilities(samples: Float32Array): Promise<number[]> {
  const silero = new Silero(network);
  const all: number[] = [];
  for (let at = 0; at + SILERO.frameSamples <= samples.length; at += SILERO.frameSamples) {
    all.push(await silero.probability(samples.subarray(at, at + SILERO.frameSamples)));
  }
  return all;
}

const toFloat = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32768);

describe('Silero', () => {
  it('agrees with an independent run of the same network', async () => {
    const { samples } = await generatedUtterance('One two three four.', { rateHz: 16_000, leadMs: 300, tailMs: 300 });
    const ours = await probabilities(toFloat(samples));
    const theirs = await speechProbabilities(toFloat(samples));
    expect(ours.length).toBe(theirs.length);
    ours.forEach((probability, i) => expect(probability).toBeCloseTo(theirs[i] ?? NaN, 5));
  });

  it('forgets everything on reset', async () => {
    const silero = new Silero(network);
    const frame = Float32Array.from({ length: SILERO.frameSamples }, (_, i) => Math.sin(i / 7) * 0.3);
    const first = await silero.probability(frame);
    await silero.probability(frame);
    silero.reset();
    expect(await silero.probability(frame)).toBe(first);
  });

  it('finds the beginning and end of speech made on the spot', async () => {
    const text = 'Could you tell me how late it is?';
    const { samples, onsetMs, offsetMs } = await generatedUtterance(text, { rateHz: 16_000, leadMs: 700, tailMs: 700 });
    const { firstMs, lastMs } = voicedSpan(await probabilities(toFloat(samples)));
    expect(firstMs - onsetMs).toBeGreaterThan(-100);
    expect(firstMs - onsetMs).toBeLessThan(200);
    expect(Math.abs(lastMs - offsetMs)).toBeLessThan(250);
  });

  const recordings = turnRecordings().filter(({ category, turns }) => /basic/.test(category) && turns.length === 1);
  it('finds the onset of people speaking within a tenth of a second', async ({ skip }) => {
    skip(recordings.length === 0, 'no recordings beside the checkout');
    const delays: number[] = [];
    for (const recording of recordings) {
      const { firstMs } = voicedSpan(await probabilities(toFloat(recording.load().samples)));
      delays.push(firstMs - (recording.turns[0]?.onsetMs ?? NaN));
    }
    delays.sort((a, b) => a - b);
    expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(100);
    expect(Math.max(...delays)).toBeLessThan(250);
  });
});

function voicedSpan(all: number[]): { firstMs: number; lastMs: number } {
  const frameMs = (SILERO.frameSamples * 1000) / SILERO.rateHz;
  const first = all.findIndex((probability) => probability >= 0.5);
  const last = all.findLastIndex((probability) => probability >= 0.35);
  return { firstMs: first * frameMs, lastMs: (last + 1) * frameMs };
}
