import * as ort from 'onnxruntime-web/wasm';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import modelUrl from '@ricky0123/vad-web/dist/silero_vad_v6.onnx?url';
import { SILERO, Silero, type SileroNetwork } from '#models/vad/silero';
import type { VoiceActivity } from '../conversation/ports.ts';

/**
 * Silero v6 on WebAssembly, one thread: about 0.3 ms a frame, no cross-origin isolation needed. Not on WebGPU, whose
 * native execution provider computes this model wrong (microsoft/onnxruntime #29651). Runtime and model come from our
 * own server. Throws when either cannot be loaded.
 */
export async function createVoiceActivity(): Promise<VoiceActivity> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, self.location.href).href };
  const model = await fetchModel();
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const silero = new Silero(toNetwork(session));
  // The first run compiles and allocates; nobody should wait for that with a word in the air.
  await silero.probability(new Float32Array(SILERO.frameSamples));
  silero.reset();
  return {
    probability: (frame) => silero.probability(frame),
    reset: () => silero.reset(),
    dispose: () => void session.release(),
  };
}

async function fetchModel(): Promise<Uint8Array> {
  const response = await fetch(modelUrl);
  if (!response.ok) throw new Error(`voice model: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function toNetwork(session: ort.InferenceSession): SileroNetwork {
  const rate = new ort.Tensor('int64', BigInt64Array.of(BigInt(SILERO.rateHz)), []);
  return async (input, state) => {
    const feeds = {
      input: new ort.Tensor('float32', input, [1, SILERO.inputLength]),
      state: new ort.Tensor('float32', state, [2, 1, SILERO.stateLength / 2]),
      sr: rate,
    };
    const { output, stateN } = await session.run(feeds);
    if (!(output?.data instanceof Float32Array) || !(stateN?.data instanceof Float32Array)) {
      throw new Error('voice model: unexpected outputs');
    }
    return { probability: output.data[0] ?? 0, state: stateN.data };
  };
}
