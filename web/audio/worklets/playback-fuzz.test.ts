import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestStep, PlaybackRig, tapOf, tone } from './testing/playback-rig.ts';

describe('Playback under any sequence of commands', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('start' as const), rateHz: fc.constantFrom(24_000, 44_100) }),
    fc.record({ type: fc.constant('audio' as const), samples: fc.integer({ min: 0, max: 3_600 }) }),
    fc.record({ type: fc.constant('end' as const) }),
    fc.record({
      type: fc.constant('stop' as const),
      back: fc.integer({ min: 0, max: 2 }),
      fadeMs: fc.nat({ max: 30 }),
    }),
    fc.record({
      type: fc.constant('pause' as const),
      back: fc.integer({ min: 0, max: 2 }),
      fadeMs: fc.nat({ max: 30 }),
    }),
    fc.record({
      type: fc.constant('resume' as const),
      back: fc.integer({ min: 0, max: 2 }),
      rampMs: fc.nat({ max: 30 }),
    }),
    fc.record({ type: fc.constant('cue' as const), rateHz: fc.constantFrom(24_000, 16_000) }),
    fc.record({ type: fc.constant('render' as const), ms: fc.integer({ min: 1, max: 150 }) }),
  );
  const endless = tone(24_000, 5_000);
  const cue = tone(24_000, 120, 440, 0.05);

  it('ends each stream exactly once, never clicks, and never counts backwards', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const rig = new PlaybackRig();
        let stream = 0;
        let sent = 0;
        for (const each of steps) {
          if (each.type === 'render') rig.render(each.ms);
          else if (each.type === 'cue') rig.send({ ...each, pcm: cue });
          else if (each.type === 'start') {
            rig.send({ ...each, stream: ++stream });
            sent = 0;
          } else if (each.type === 'audio') {
            rig.send({ type: 'audio', stream, pcm: endless.slice(sent, sent + each.samples) });
            sent += each.samples;
          } else if (each.type === 'end') rig.send({ ...each, stream });
          else rig.send({ ...each, stream: stream - each.back });
        }
        rig.send({ type: 'end', stream }, { type: 'resume', stream, rampMs: 10 });
        rig.render(5_000);
        for (let number = 1; number <= stream; number++) {
          const own = rig.events.filter((event) => event.stream === number);
          const over = own.findIndex((event) => event.type === 'drained' || event.type === 'stopped');
          expect(over).toBeGreaterThanOrEqual(0);
          expect(own.slice(over + 1).every((event) => event.type === 'stopped')).toBe(true);
          const counts = own.flatMap((event) => ('playedSamples' in event ? [event.playedSamples] : []));
          expect(counts).toEqual([...counts].sort((a, b) => a - b));
        }
        // 808 Hz (the tone at 44.1 kHz) at 0.5 moves by 0.053 a sample; a fade adds 0.011, a cue 0.003.
        expect(largestStep(rig.output)).toBeLessThan(0.07);
        expectTapOf(rig);
      }),
      { numRuns: 40 },
    );
  });

  /** Frame by frame, what left the worklet; and where there is no frame, silence. */
  function expectTapOf(rig: PlaybackRig): void {
    const expected = tapOf(rig.output);
    let next = 0;
    for (const { sequence, pcm } of rig.taps) {
      expect(sequence).toBeGreaterThanOrEqual(next);
      expect(expected.subarray(next * 512, sequence * 512).every((x) => x === 0)).toBe(true);
      expect(pcm).toEqual(expected.slice(sequence * 512, (sequence + 1) * 512));
      next = sequence + 1;
    }
    expect(expected.subarray(next * 512).every((x) => x === 0)).toBe(true);
  }
});
