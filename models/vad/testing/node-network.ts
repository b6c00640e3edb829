import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import type { SileroBatchNetwork } from '../silero-batch.ts';
import { SILERO, type SileroNetwork } from '../silero.ts';

/** The network the product ships, run by Node on one WebAssembly thread. */
export async function loadNodeNetwork(): Promise<SileroNetwork> {
  const network = await loadNodeBatchNetwork();
  return async (input, state) => {
    const output = await network(input, state, 1);
    return { probability: Number(output.probabilities[0]), state: output.state };
  };
}

/** The same, for any number of streams at once. */
export async function loadNodeBatchNetwork(): Promise<SileroBatchNetwork> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web'));
  const session = await InferenceSession.create(await readFile(join(folder, 'silero_vad_v6.onnx')));
  const sr = new Tensor('int64', BigInt64Array.of(BigInt(SILERO.rateHz)), []);
  return async (input, state, count) => {
    const { output, stateN } = await session.run({
      input: new Tensor('float32', input, [count, SILERO.inputLength]),
      state: new Tensor('float32', state, [2, count, SILERO.stateLength / 2]),
      sr,
    });
    if (!(output?.data instanceof Float32Array) || !(stateN?.data instanceof Float32Array)) {
      throw new Error('not the Silero model');
    }
    return { probabilities: output.data, state: stateN.data };
  };
}
