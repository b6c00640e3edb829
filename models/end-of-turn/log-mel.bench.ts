import { bench, describe } from 'vitest';
import { LOG_MEL, logMel } from './log-mel.ts';

const audio = Float32Array.from({ length: LOG_MEL.samples }, (_, i) => Math.sin(i / 9) * Math.sin(i / 4000));

describe('log-mel front end', () => {
  bench('eight seconds', () => {
    logMel(audio);
  });
});
