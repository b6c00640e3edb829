import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-web/wasm';
import { END_OF_TURN_SHAPE } from '#models/registry/end-of-turn';
import type { SileroBatchNetwork } from '#models/vad/silero-batch';
import { SILERO } from '#models/vad/silero';
import type { EndOfTurnNetwork } from './errand-host.ts';

// Threads of its own would fight with ours over the same cores; and nothing but errors is printed.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** Silero v6, the very file the browser gets, on WebAssembly. */
export async function loadSilero(): Promise<SileroBatchNetwork> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web'));
  const session = await createSession(join(folder, 'silero_vad_v6.onnx'));
  const sr = new ort.Tensor('int64', BigInt64Array.of(BigInt(SILERO.rateHz)), []);
  const network: SileroBatchNetwork = async (input, state, count) => {
    const { output, stateN } = await session.run({
      input: new ort.Tensor('float32', input, [count, SILERO.inputLength]),
      state: new ort.Tensor('float32', state, [2, count, SILERO.stateLength / 2]),
      sr,
    });
    if (!(output?.data instanceof Float32Array) || !(stateN?.data instanceof Float32Array)) {
      throw new Error('voice model: unexpected outputs');
    }
    return { probabilities: output.data, state: stateN.data };
  };
  // The first run compiles and allocates; nobody should wait for that with a word in the air.
  await network(new Float32Array(SILERO.inputLength), new Float32Array(SILERO.stateLength), 1);
  return network;
}

/** Rejects when the file is no such network. */
export async function loadEndOfTurn(file: string): Promise<EndOfTurnNetwork> {
  const { input, output } = END_OF_TURN_SHAPE;
  const session = await createSession(file);
  return async (features) => {
    const outputs = await session.run({ [input.name]: new ort.Tensor('float32', features, input.dims) });
    const data = outputs[output.name]?.data;
    const probability = data instanceof Float32Array && data.length === 1 ? data[0] : undefined;
    if (probability === undefined || !(probability >= 0 && probability <= 1)) {
      throw new Error('end-of-turn model: unexpected output');
    }
    return probability;
  };
}

const createSession = async (path: string): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(await readFile(path), { executionProviders: ['wasm'] });
