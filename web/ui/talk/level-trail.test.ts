import { describe, expect, it } from 'vitest';
import { LevelTrail, toLoudness } from './level-trail.ts';

const ages = (trail: LevelTrail) => Array.from({ length: trail.length }, (_, age) => Number(trail.at(age).toFixed(3)));

describe('toLoudness', () => {
  it('is nothing in a quiet room, everything near full scale, and grows between', () => {
    expect(toLoudness(-120)).toBe(0);
    expect(toLoudness(-65)).toBe(0);
    expect(toLoudness(-30)).toBeGreaterThan(0.4);
    expect(toLoudness(-18)).toBeGreaterThan(toLoudness(-24));
    expect(toLoudness(0)).toBe(1);
  });
});

describe('LevelTrail', () => {
  it('keeps one value per step, newest first, at any frame rate', () => {
    for (const frameMs of [4, 16, 33]) {
      const trail = new LevelTrail(3, 100);
      for (let nowMs = 1_000; nowMs < 1_300; nowMs += frameMs)
        trail.push(Math.floor((nowMs - 1_000) / 100) / 10, nowMs);
      expect(ages(trail), `${frameMs} ms`).toEqual([0.2, 0.1, 0]);
    }
  });

  it('keeps a peak shorter than a step', () => {
    const trail = new LevelTrail(3, 100);
    trail.push(0, 1_000);
    trail.push(0.9, 1_030);
    trail.push(0.1, 1_060);
    expect(trail.at(0)).toBeCloseTo(0.9);
  });

  it('moves its phase from one step to the next', () => {
    const trail = new LevelTrail(3, 100);
    trail.push(0, 1_000);
    trail.push(0, 1_025);
    expect(trail.phase).toBeCloseTo(0.25);
    trail.push(0, 1_100);
    expect(trail.phase).toBeCloseTo(0);
  });

  it('shows nothing old after a pause in which nothing was drawn', () => {
    const trail = new LevelTrail(3, 100);
    trail.push(1, 1_000);
    trail.push(0.2, 600_000);
    expect(ages(trail)).toEqual([0.2, 0.2, 0.2]);
  });
});
