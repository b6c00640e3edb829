import { describe, expect, it } from 'vitest';
import { SpeakingPace } from './speaking-pace.ts';

const SENTENCE = 'The afternoon is sunny and warm.';

describe('the pace of a voice', () => {
  it('is that of ordinary speech while none was heard', () => {
    const pace = new SpeakingPace();
    expect(pace.durationOf(SENTENCE)).toBeGreaterThan(1_600);
    expect(pace.durationOf(SENTENCE)).toBeLessThan(2_600);
  });

  it('takes a Chinese sentence to last about as long as its translation', () => {
    const pace = new SpeakingPace();
    const ratio = pace.durationOf('下午阳光明媚，天气温暖。') / pace.durationOf(SENTENCE);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.4);
  });

  it('becomes that of the voice after a few answers', () => {
    const pace = new SpeakingPace();
    for (let n = 0; n < 8; n++) pace.learn(SENTENCE, 4_000);
    expect(pace.durationOf(SENTENCE)).toBeCloseTo(4_000, -2);
  });

  it('learns nothing from a word or from silence', () => {
    const pace = new SpeakingPace();
    const before = pace.durationOf(SENTENCE);
    pace.learn('Yes.', 3_000);
    pace.learn(SENTENCE, 0);
    expect(pace.durationOf(SENTENCE)).toBe(before);
  });
});
