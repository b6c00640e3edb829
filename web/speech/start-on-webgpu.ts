import * as ort from 'onnxruntime-web/webgpu';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { Network } from './network.ts';
import { toNetwork } from './start-network.ts';

/** The same network on the GPU, with a runtime of its own. Throws when it cannot be run there. */
export async function startOnWebGpu(file: Uint8Array<ArrayBuffer>): Promise<Network> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, self.location.href).href };
  const session = await ort.InferenceSession.create(file, { executionProviders: ['webgpu'] });
  return toNetwork('webgpu', session, ort.Tensor);
}
