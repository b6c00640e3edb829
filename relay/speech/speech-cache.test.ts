import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { cacheKey, SpeechCache } from './speech-cache.ts';

const LIMITS = { maxBytes: 100, ttlMs: 1_000 };
const bytes = (length: number) => new Uint8Array(length);

describe('the speech cache', () => {
  it('forgets what was not used for the longest time first', () => {
    const cache = new SpeechCache(new VirtualClock(), LIMITS);
    for (const key of ['a', 'b', 'c']) cache.put(key, bytes(30));
    cache.get('a');
    cache.put('d', bytes(30));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd']);
  });

  it('keeps nothing beyond its time, however often it is used', () => {
    const clock = new VirtualClock();
    const cache = new SpeechCache(clock, LIMITS);
    cache.put('a', bytes(1));
    clock.advance(1_000);
    expect(cache.get('a')).toBeDefined();
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('never holds more than it may, and knows what it holds', () => {
    const puts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 130 })));
    fc.assert(
      fc.property(puts, (list) => {
        const cache = new SpeechCache(new VirtualClock(), LIMITS);
        for (const [key, length] of list) {
          cache.put(key, bytes(length));
          expect(cache.bytes).toBeLessThanOrEqual(100);
          expect(cache.get(key)?.length).toBe(length <= 100 ? length : undefined);
        }
        const held = ['a', 'b', 'c', 'd', 'e'].reduce((sum, key) => sum + (cache.get(key)?.length ?? 0), 0);
        expect(cache.bytes).toBe(held);
      }),
    );
  });

  it('tells requests apart by all that can be heard, and holds no word of them', () => {
    const request = { text: 'secret words', voice: 'a', language: 'de', speed: 1.5 };
    const keys = [
      cacheKey(request, 'm'),
      cacheKey(request, 'n'),
      cacheKey({ ...request, text: 'other' }, 'm'),
      cacheKey({ ...request, voice: 'b' }, 'm'),
      cacheKey({ ...request, language: 'en' }, 'm'),
      cacheKey({ ...request, speed: 1 }, 'm'),
      cacheKey({ text: 'a', voice: '","' }, 'm'),
      cacheKey({ text: 'a","', voice: '' }, 'm'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.join()).not.toContain('secret');
    expect(cacheKey({ text: 'a' }, 'm')).toBe(cacheKey({ text: 'a', speed: 1 }, 'm'));
  });
});
