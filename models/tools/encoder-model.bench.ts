import { bench, describe } from 'vitest';
import { LOG_MEL } from '../end-of-turn/log-mel.ts';
import { encoderModel } from './encoder-model.ts';
import { loadJudge } from './testing/run-model.ts';

const features = Float32Array.from({ length: LOG_MEL.bands * LOG_MEL.frames }, (_, i) => Math.sin(i / 50));

describe('a network of the size of Smart Turn, WebAssembly, one thread', async () => {
  for (const precision of ['int8', 'fp32'] as const) {
    const judge = await loadJudge(encoderModel(precision));
    await judge(features);
    bench(precision, async () => void (await judge(features)));
  }
});
