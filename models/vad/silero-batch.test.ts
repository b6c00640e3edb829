import { describe, expect, it } from 'vitest';
import { SileroBatch } from './silero-batch.ts';
import { SILERO, Silero, SileroMemory } from './silero.ts';
import { loadNodeBatchNetwork, loadNodeNetwork } from './testing/node-network.ts';

const frameOf = (stream: number, n: number): Float32Array =>
  Float32Array.from(
    { length: SILERO.frameSamples },
    (_, i) => 0.2 * Math.sin(((n * SILERO.frameSamples + i) * (stream + 2)) / 40) * Math.sin(i / 90),
  );

describe('SileroBatch', () => {
  it('tells of each stream what it is told alone, however many run together', async () => {
    const batch = new SileroBatch(await loadNodeBatchNetwork(), 8);
    const memories = Array.from({ length: 8 }, () => new SileroMemory());
    const alone = await loadNodeNetwork();
    const singles = memories.map(() => new Silero(alone));
    for (let n = 0; n < 12; n++) {
      // Others come and go between the frames of a stream.
      const present = memories.map((_, i) => i).filter((i) => n % (i + 1) === 0);
      for (const i of present) memories[i]!.take(frameOf(i, n));
      const together = await batch.probabilities(present.map((i) => memories[i]!));
      for (const [at, i] of present.entries()) {
        expect(Math.abs(together[at]! - (await singles[i]!.probability(frameOf(i, n))))).toBeLessThan(1e-5);
      }
    }
  });
});
