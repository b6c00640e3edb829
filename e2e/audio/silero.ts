import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';

const RATE_HZ = 16_000;
const CONTEXT_SAMPLES = 64;
export const SILERO_FRAME_SAMPLES = 512;

/**
 * Speech probability of each frame of 512 samples at 16 kHz, straight from the model the product ships: a second
 * opinion on test signals that shares no code with the product's own voice activity detection.
 */
export async function speechProbabilities(samples: Float32Array): Promise<number[]> {
  const session = await loadSession();
  let state = new Tensor('float32', new Float32Array(2 * 128), [2, 1, 128]);
  const rate = new Tensor('int64', BigInt64Array.of(BigInt(RATE_HZ)), []);
  const window = new Float32Array(CONTEXT_SAMPLES + SILERO_FRAME_SAMPLES);
  const probabilities: number[] = [];
  for (let at = 0; at + SILERO_FRAME_SAMPLES <= samples.length; at += SILERO_FRAME_SAMPLES) {
    window.copyWithin(0, SILERO_FRAME_SAMPLES);
    window.set(samples.subarray(at, at + SILERO_FRAME_SAMPLES), CONTEXT_SAMPLES);
    const input = new Tensor('float32', window.slice(), [1, window.length]);
    const outputs = await session.run({ input, state, sr: rate });
    const { output, stateN } = outputs;
    if (!output || !stateN) throw new Error('not the Silero model');
    probabilities.push(Number(output.data[0]));
    state = new Tensor('float32', Float32Array.from(stateN.data as Float32Array), [2, 1, 128]);
  }
  return probabilities;
}

let session: Promise<InferenceSession> | undefined;

function loadSession(): Promise<InferenceSession> {
  const entry = createRequire(import.meta.url).resolve('@ricky0123/vad-web');
  session ??= readFile(join(dirname(entry), 'silero_vad_v6.onnx')).then((model) => InferenceSession.create(model));
  return session;
}
