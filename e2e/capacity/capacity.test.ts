import { describe, expect, it } from 'vitest';
import { isFaulty } from './bars.ts';
import { Generator } from './load/generator.ts';
import { DOWN_FRAMES_PER_SECOND } from './load/sound.ts';
import { measure } from './measure.ts';
import type { Sample } from './result.ts';
import { SUBJECTS, type SubjectName } from './subjects.ts';

const STREAMS = 6;

/** Speed is for the benchmark; here it is seen that everything is counted, and that it was there. */
async function tryOut(name: SubjectName, downPerSecond = DOWN_FRAMES_PER_SECOND): Promise<Sample> {
  const subject = SUBJECTS.find((candidate) => candidate.name === name)!;
  const generator = new Generator(subject.upstream);
  const upstreamPort = await generator.listen();
  const started = await subject.start?.(upstreamPort, { isPinned: false });
  try {
    const load = { port: started?.ready ?? upstreamPort, wire: subject.wire, streams: STREAMS, downPerSecond };
    return await measure(generator, started?.process, load, { warmUpMs: 100, measureMs: 600 });
  } finally {
    await started?.process.stop();
    generator.close();
  }
}

describe('the capacity measurement', () => {
  it.each(['none', 'bare binary', 'bare JSON'] as const)(
    'sends and counts the frames of a call through %s',
    async (name) => {
      const sample = await tryOut(name);
      const { seconds, up, down } = sample;
      expect(isFaulty(sample)).toBe(false);
      // A busy machine makes frames late, never fewer of them for good; 20 % allow for what falls out of the window.
      const due = { up: STREAMS * 50 * seconds, down: STREAMS * 10 * seconds };
      expect(Math.abs(up.sent - due.up)).toBeLessThan(0.2 * due.up);
      expect(Math.abs(down.sent - due.down)).toBeLessThan(0.2 * due.down);
      expect(up.arrived).toBeGreaterThan(0.8 * up.sent);
      expect(down).toMatchObject({ misplaced: 0, foreign: 0 });
      expect(down.arrived).toBeGreaterThan(0.8 * down.sent);
      if (name !== 'none') expect(sample.process?.cpu).toBeGreaterThan(0);
    },
  );

  it('can send little down', async () => {
    const { up, down, seconds } = await tryOut('bare binary', 1);
    expect(up.arrived).toBeGreaterThan(0);
    expect(down.sent).toBeGreaterThan(0);
    expect(down.sent).toBeLessThan(STREAMS * (seconds + 1));
  });
});
