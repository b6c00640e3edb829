import { describe, expect, it } from 'vitest';
import { FramePool } from './frame-pool.ts';

describe('FramePool', () => {
  it('hands out the buffers that came back, and makes more only when none is left', () => {
    const pool = new FramePool(4, 2);
    const held = [pool.take(), pool.take()];
    expect(pool.made).toBe(2);
    held.push(pool.take());
    expect(pool.made).toBe(3);
    held.forEach((pcm) => pool.recycle(pcm));
    expect(new Set([pool.take(), pool.take(), pool.take()])).toEqual(new Set(held));
    expect(pool.made).toBe(3);
  });

  it('does not take in what it could not hand out, nor more than it will ever need', () => {
    const pool = new FramePool(4, 1);
    pool.take();
    pool.recycle(new Int16Array(3));
    expect(pool.take().length).toBe(4);
    for (let i = 0; i < 1_000; i++) pool.recycle(new Int16Array(4));
    const { made } = pool;
    for (let i = 0; i < 100; i++) pool.take();
    expect(pool.made - made).toBe(36);
  });
});
