import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { SILERO, type SileroNetwork } from '../silero.ts';

/** The network the product ships, run by Node on one WebAssembly thread. */
export async function loadNodeNetwork(): Promise<SileroNetwork> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web'));
  const session = await InferenceSession.create(await readFile(join(folder, 'silero_vad_v6.onnx')));
  const sr = new Tensor('int64', BigInt64Array.of(BigInt(SILERO.rateHz)), []);
  return async (input, state) => {
    const { output, stateN } = await session.run({
      input: new Tensor('float32', input, [1, SILERO.inputLength]),
      state: new Tensor('float32', state, [2, 1, SILERO.stateLength / 2]),
      sr,
    });
    if (!(stateN?.data instanceof Float32Array)) throw new Error('not the Silero model');
    return { probability: Number(output?.data[0]), state: stateN.data };
  };
}
