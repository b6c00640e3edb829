import { expect, it } from 'vitest';
import { ArrivalClock } from './arrival-clock.ts';

const BEGAN_MS = 4_321;
const PIECE_MS = 20;

/** Twenty seconds in pieces, each a little late, every fiftieth hardly so; from the middle on `lostMs` less of it. */
function recording({ lostMs = 0, driftPerSecondMs = 0 } = {}): ArrivalClock {
  const clock = new ArrivalClock();
  for (let i = 1; i <= 1_000; i++) {
    const soundedMs = BEGAN_MS + i * PIECE_MS;
    const lateMs = i % 50 === 0 ? 0.5 : 3 + ((i * 7_919) % 83);
    const recordedMs = i * PIECE_MS - (i > 500 ? lostMs : 0) - (driftPerSecondMs * i * PIECE_MS) / 1000;
    clock.observe(recordedMs, soundedMs + lateMs);
  }
  return clock;
}

it('tells when a recording was begun although most of it arrives late', () => {
  expect(Math.abs(recording().beganMs - BEGAN_MS)).toBeLessThan(1);
  expect(Math.abs(recording().lostMs)).toBeLessThan(1);
});

it('finds out how much of a recording is missing', () => {
  expect(Math.abs(recording({ lostMs: 60 }).lostMs - 60)).toBeLessThan(1);
});

it('finds out that the clock of a recording is slow', () => {
  const { lostMs } = recording({ driftPerSecondMs: 2 });
  expect(lostMs).toBeGreaterThan(20);
});
