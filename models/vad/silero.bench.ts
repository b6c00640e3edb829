import { bench, describe } from 'vitest';
import { SILERO, Silero } from './silero.ts';
import { loadNodeNetwork } from './testing/node-network.ts';

const silero = new Silero(await loadNodeNetwork());
const frame = Float32Array.from({ length: SILERO.frameSamples }, (_, i) => Math.sin(i / 9) * 0.2);

describe('voice activity, WebAssembly, one thread', () => {
  bench('one frame of 32 ms', async () => {
    await silero.probability(frame);
  });
});
