import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { LabPlayback } from './lab-playback.ts';

function setUp() {
  const clock = new VirtualClock();
  const events: string[] = [];
  const playback = new LabPlayback(clock, 20, {
    drained: (stream) => events.push(`drained ${stream} at ${clock.nowMs()}`),
    stopped: (stream, playedMs) => events.push(`stopped ${stream} after ${playedMs}`),
  });
  return { clock, events, playback };
}

describe('the loudspeaker of the lab', () => {
  it('plays an answer to its end, later by its delay', () => {
    const { clock, events, playback } = setUp();
    playback.start(1, 300);
    playback.end(1);
    clock.advance(1_000);
    expect(playback.soundings).toEqual([{ stream: 1, fromMs: 20, toMs: 320, gainDb: 0 }]);
    expect(events).toEqual(['drained 1 at 320']);
  });

  it('goes on after a pause where it stood still, and loses nothing', () => {
    const { clock, events, playback } = setUp();
    playback.start(1, 300);
    playback.end(1);
    clock.advance(100);
    playback.pause();
    clock.advance(500);
    playback.resume();
    clock.advance(1_000);
    expect(playback.soundings.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [20, 120],
      [620, 820],
    ]);
    expect(events).toEqual(['drained 1 at 820']);
  });

  it('knows the sample at which it was stopped', () => {
    const { clock, events, playback } = setUp();
    playback.start(1, 5_000);
    clock.advance(500);
    playback.setGain(-12);
    clock.advance(250);
    playback.stop(1);
    clock.advance(100);
    expect(events).toEqual(['stopped 1 after 750']);
    expect(playback.soundings.map(({ gainDb, fromMs, toMs }) => [gainDb, toMs - fromMs])).toEqual([
      [0, 500],
      [-12, 250],
    ]);
  });
});
