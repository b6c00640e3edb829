import * as ort from 'onnxruntime-web/wasm';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { END_OF_TURN_SHAPE } from '#models/registry/end-of-turn';
import { betterOf, type Network } from './network.ts';

/**
 * The network in `file`, on WebAssembly (one thread: more would need a cross-origin isolated page), or on WebGPU where
 * that is worth trying and proves itself. Throws when the file is no such network.
 */
export async function startNetwork(file: Uint8Array<ArrayBuffer>): Promise<Network> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, self.location.href).href };
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  const wasm = toNetwork('wasm', session, ort.Tensor);
  if (isQuantised(file) || !(await hasGpu())) return wasm;
  try {
    const { startOnWebGpu } = await import('./start-on-webgpu.ts');
    return await betterOf(wasm, await startOnWebGpu(file));
  } catch {
    return wasm;
  }
}

export function toNetwork(
  backend: Network['backend'],
  session: ort.InferenceSession,
  Tensor: typeof ort.Tensor,
): Network {
  const { input, output } = END_OF_TURN_SHAPE;
  return {
    backend,
    run: async (features) => {
      const outputs = await session.run({ [input.name]: new Tensor('float32', features, input.dims) });
      const data = outputs[output.name]?.data;
      const probability = data instanceof Float32Array && data.length === 1 ? data[0] : undefined;
      if (probability === undefined || !(probability >= 0 && probability <= 1)) {
        throw new Error('end-of-turn model: unexpected output');
      }
      return probability;
    },
    dispose: () => void session.release(),
  };
}

/**
 * Quantised networks stay off WebGPU: Smart Turn's is refused there (smart-turn #33), others run and answer wrong
 * (transformers.js #1512, #1728), and on WebAssembly they cost half of what the same network does unquantised. So the
 * 27 MB of the WebGPU runtime are fetched only for a network in float32.
 */
function isQuantised(file: Uint8Array): boolean {
  const word = new TextEncoder().encode('DequantizeLinear');
  for (let at = file.indexOf(word[0] ?? 0); at >= 0; at = file.indexOf(word[0] ?? 0, at + 1)) {
    if (word.every((byte, i) => file[at + i] === byte)) return true;
  }
  return false;
}

/** One made of silicon: a software adapter would be slower than WebAssembly by far. */
async function hasGpu(): Promise<boolean> {
  if (!('gpu' in navigator)) return false;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  return adapter !== null && !adapter.info.isFallbackAdapter;
}
