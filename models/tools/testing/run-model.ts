import { env, InferenceSession, Tensor } from 'onnxruntime-web';

/** Runs an ONNX file on one WebAssembly thread in Node, features in, the only number out. */
export async function loadJudge(file: Uint8Array): Promise<(features: Float32Array) => Promise<number>> {
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(file);
  return async (features) => {
    const { logits } = await session.run({ input_features: new Tensor('float32', features, [1, 80, 800]) });
    if (!(logits?.data instanceof Float32Array) || logits.data.length !== 1) throw new Error('not one number');
    return logits.data[0] ?? NaN;
  };
}
