import { describe, expect, it } from 'vitest';
import { LOG_MEL } from '../end-of-turn/log-mel.ts';
import { SMART_TURN } from '../registry/end-of-turn.ts';
import { encoderModel } from './encoder-model.ts';
import { loadJudge } from './testing/run-model.ts';

describe('the network that costs what Smart Turn costs', () => {
  it('is as large as the published file, within two in a hundred, and runs', async () => {
    const file = encoderModel('int8');
    expect(Math.abs(file.length / SMART_TURN.bytes - 1)).toBeLessThan(0.02);
    const judge = await loadJudge(file);
    const probability = await judge(new Float32Array(LOG_MEL.bands * LOG_MEL.frames).fill(-0.5));
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThan(1);
  });
});
