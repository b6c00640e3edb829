import { describe, expect, it } from 'vitest';
import { ReferenceTimeline } from './reference-timeline.ts';

const ones = (samples: number) => new Int16Array(samples).fill(16_384);

function reading(timeline: ReferenceTimeline, end: number, samples: number): number[] {
  const output = new Float32Array(samples);
  timeline.read(end, output);
  return [...output];
}

describe('the timeline of what was played', () => {
  it('gives back any stretch, across the borders of frames', () => {
    const timeline = new ReferenceTimeline();
    timeline.write(Int16Array.of(1, 2, 3, 4), 4);
    timeline.write(Int16Array.of(5, 6, 7, 8), 8);
    expect(reading(timeline, 6, 4).map((x) => x * 32_768)).toEqual([3, 4, 5, 6]);
  });

  it('reads as silence what was skipped, is not there yet or is forgotten', () => {
    const timeline = new ReferenceTimeline();
    timeline.write(ones(2), 2);
    timeline.write(ones(2), 6);
    expect(reading(timeline, 8, 8)).toEqual([0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0]);
    timeline.write(ones(2), 1_000_000);
    expect(reading(timeline, 6, 2)).toEqual([0, 0]);
    expect(reading(timeline, 500_000, 2)).toEqual([0, 0]);
  });

  it('knows where the last sound ended, whatever silence followed', () => {
    const timeline = new ReferenceTimeline();
    expect(timeline.soundEnd).toBe(-Infinity);
    timeline.write(Int16Array.of(0, 9, 0, 0), 104);
    timeline.write(new Int16Array(4), 108);
    expect(timeline.soundEnd).toBe(102);
  });

  it('tells once from where on it has changed', () => {
    const timeline = new ReferenceTimeline();
    timeline.write(ones(4), 104);
    timeline.write(ones(4), 108);
    expect(timeline.takeChangedFrom()).toBe(100);
    expect(timeline.takeChangedFrom()).toBe(Infinity);
  });
});
