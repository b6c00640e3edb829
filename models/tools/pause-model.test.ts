import { describe, expect, it } from 'vitest';
import { logMel } from '../end-of-turn/log-mel.ts';
import { utteranceThat, type Ending } from '../end-of-turn/testing/endings.ts';
import { pauseModel } from './pause-model.ts';
import { loadJudge } from './testing/run-model.ts';

const judge = await loadJudge(pauseModel());
const probabilityThatOver = (ending: Ending): Promise<number> => judge(logMel(utteranceThat(ending)));

describe('the model made for tests', () => {
  it('takes a voice that falls and fades into silence for the end of a turn', async () => {
    expect(await probabilityThatOver('fades')).toBeGreaterThan(0.9);
  });

  it('takes a sound that goes on, or breaks off at full level, for an unfinished one', async () => {
    expect(await probabilityThatOver('goes-on')).toBeLessThan(0.1);
    expect(await probabilityThatOver('breaks-off')).toBeLessThan(0.1);
  });

  it('does not call silence a turn', async () => {
    expect(await judge(logMel(new Float32Array(16_000)))).toBeLessThan(0.5);
  });

  it('is the same file each time, and a small one', () => {
    expect(pauseModel()).toEqual(pauseModel());
    expect(pauseModel().length).toBeLessThan(5_000);
  });
});
