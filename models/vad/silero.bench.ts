import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { bench, describe } from 'vitest';
import { SILERO, Silero } from './silero.ts';

const folder = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web'));
const session = await InferenceSession.create(await readFile(join(folder, 'silero_vad_v6.onnx')));
const sr = new Tensor('int64', BigInt64Array.of(BigInt(SILERO.rateHz)), []);
const silero = new Silero(async (input, state) => {
  const { output, stateN } = await session.run({
    input: new Tensor('float32', input, [1, SILERO.inputLength]),
    state: new Tensor('float32', state, [2, 1, 128]),
    sr,
  });
  return { probability: Number(output?.data[0]), state: stateN?.data as Float32Array };
});
const frame = Float32Array.from({ length: SILERO.frameSamples }, (_, i) => Math.sin(i / 9) * 0.2);

describe('voice activity, WebAssembly, one thread', () => {
  bench('one frame of 32 ms', async () => {
    await silero.probability(frame);
  });
});
