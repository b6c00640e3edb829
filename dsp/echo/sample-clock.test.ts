import { describe, expect, it } from 'vitest';
import { SampleClock } from './sample-clock.ts';

describe('the clock of a stream', () => {
  it('keeps frames seamless through rounding and jitter', () => {
    const clock = new SampleClock(16_000);
    const first = clock.advance(1, 512);
    expect(first).toBe(16_000);
    expect(clock.advance(1.032 + 0.0003, 512)).toBe(16_512);
    expect(clock.advance(1.064 - 0.0003, 512)).toBe(17_024);
  });

  it('follows a jump', () => {
    const clock = new SampleClock(16_000);
    clock.advance(1, 512);
    expect(clock.advance(1.132, 512)).toBe(18_112);
  });

  it('counts frames that were silent and not sent', () => {
    const clock = new SampleClock(16_000);
    clock.advance(1, 512);
    expect(clock.advance(1.3202, 10 * 512)).toBe(16_000 + 5120);
  });
});
