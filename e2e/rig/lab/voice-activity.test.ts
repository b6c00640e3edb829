import { describe, expect, it } from 'vitest';
import { areaUnderCurve } from './voice-activity.ts';

const frames = (speech: readonly number[], other: readonly number[]) => [
  ...speech.map((probability) => ({ probability, isSpeech: true })),
  ...other.map((probability) => ({ probability, isSpeech: false })),
];

describe('the area under the curve', () => {
  it('is the share of pairs that are told apart', () => {
    expect(areaUnderCurve(frames([0.9, 0.8], [0.1, 0.2]))).toBe(1);
    expect(areaUnderCurve(frames([0.9, 0.3], [0.5, 0.1]))).toBe(0.75);
    expect(areaUnderCurve(frames([0.5], [0.5]))).toBe(0.5);
  });
});
