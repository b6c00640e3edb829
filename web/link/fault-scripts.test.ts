import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { BenchOptions } from './fakes/link-bench.ts';
import { Speaker, type Step } from './fakes/speaker.ts';
import { ReplyCursor } from './reply-cursor.ts';

/**
 * Random scripts of speech and faults, then peace: every utterance must end answered, once, whole, by one attempt,
 * from exactly the audio that was spoken. The kinds of violation are those the promises name.
 */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>({ do: 'speak' }, { do: 'produce' }, { do: 'time' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>({ do: 'commit' }, { do: 'commit again' }, { do: 'reopen' }, { do: 'discard' }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('up' as const, 'down' as const),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>(
      { do: 'cut' },
      { do: 'kill relay' },
      { do: 'evict' },
      { do: 'upstream dies' },
      { do: 'shed' },
      { do: 'repeat' },
      { do: 'reload' },
    ),
  },
);

async function run(script: Step[], options: BenchOptions = {}) {
  const speaker = new Speaker(options);
  await speaker.bench.open();
  for (const step of script) await speaker.perform(step);
  await speaker.heal();
  return { violations: speaker.check(), fired: speaker.fired };
}

const SCRIPTS = 4_000;
const SEED = 20261120;
const scripts = fc.array(step, { minLength: 10, maxLength: 60 });

describe('any script of speech and faults', () => {
  test(
    'ends with every utterance answered once, whole, from the audio that was spoken',
    { timeout: 120_000 },
    async () => {
      const totals = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(scripts, async (script) => {
          const { violations, fired } = await run(script);
          for (const [name, count] of fired) totals.set(name, (totals.get(name) ?? 0) + count);
          expect(violations).toEqual([]);
        }),
        { numRuns: SCRIPTS, seed: SEED },
      );
      for (const fault of ['cut', 'kill relay', 'evict', 'upstream dies', 'shed', 'repeat', 'reload', 'reopen']) {
        expect(totals.get(fault), fault).toBeGreaterThan(SCRIPTS / 10);
      }
    },
  );

  test.each<[string, string, BenchOptions]>([
    ['a relay that does not deduplicate commits', 'DOUBLE', { relay: { commitsTwice: true } }],
    ['a relay that checks neither sequence nor hash', 'CORRUPT', { relay: { trustsClient: true } }],
  ])('is told from %s', async (_name, violation, options) => {
    expect(await isFound(violation, options)).toBe(true);
  });

  const broken: [name: string, violation: string, method: 'finish' | 'take' | 'bar', mutant: () => never][] = [
    ['the count of the final', 'SHORT', 'finish', () => 'next' as never],
    ['the order of events', 'GAP', 'take', () => 'next' as never],
    ['the barrier behind a reopen', 'LATE', 'bar', () => undefined as never],
  ];
  test.each(broken)('would not survive a link without %s', async (_name, violation, method, mutant) => {
    const spy = vi.spyOn(ReplyCursor.prototype, method).mockImplementation(mutant);
    try {
      expect(await isFound(violation, {})).toBe(true);
    } finally {
      spy.mockRestore();
    }
  });
});

/** Whether some script ends in this kind of violation. */
async function isFound(violation: string, options: BenchOptions): Promise<boolean> {
  for (const script of fc.sample(scripts, { numRuns: 400, seed: SEED })) {
    const { violations } = await run(script, options);
    if (violations.some((text) => text.startsWith(violation))) return true;
  }
  return false;
}
