import { describe, expect, it } from 'vitest';
import { formatWhen, groupByDay } from './group-by-day.ts';

/** Local time on purpose: days are those of the person's own calendar. */
const at = (year: number, month: number, day: number, hour = 12) => new Date(year, month - 1, day, hour).getTime();
const conversation = (id: string, updatedAtMs: number) => ({
  id,
  title: id,
  createdAtMs: 0,
  updatedAtMs,
  turnCount: 1,
});
const NOW_MS = at(2026, 11, 20, 9);

const labels = (...timesMs: number[]) =>
  groupByDay(
    timesMs.map((timeMs, i) => conversation(`c${i}`, timeMs)),
    NOW_MS,
  ).map(({ label }) => label);

describe('groupByDay', () => {
  it('names today, yesterday, the week and then the months', () => {
    const days = [
      at(2026, 11, 20, 1),
      at(2026, 11, 19, 23),
      at(2026, 11, 15),
      at(2026, 11, 2),
      at(2026, 10, 30),
      at(2025, 10, 30),
    ];
    expect(labels(...days)).toEqual([
      'Today',
      'Yesterday',
      'Earlier this week',
      'November 2026',
      'October 2026',
      'October 2025',
    ]);
  });

  it('goes by the calendar day, not by 24 hours', () => {
    expect(labels(at(2026, 11, 19, 10))).toEqual(['Yesterday']);
    expect(labels(at(2026, 11, 20, 0))).toEqual(['Today']);
  });

  it('puts the newest first and leaves the given list as it is', () => {
    const given = [conversation('old', at(2026, 11, 20, 1)), conversation('new', at(2026, 11, 20, 8))];
    const [group] = groupByDay(given, NOW_MS);
    expect(group?.conversations.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(given.map(({ id }) => id)).toEqual(['old', 'new']);
  });

  it('counts a day that a change of the clocks made longer as one day', () => {
    const [group] = groupByDay([conversation('c', at(2026, 10, 24, 0))], at(2026, 10, 25, 23));
    expect(group?.label).toBe('Yesterday');
  });
});

describe('formatWhen', () => {
  it('shows the hour of recent ones and the date of older ones', () => {
    expect(formatWhen(at(2026, 11, 20, 8), NOW_MS)).toMatch(/^8:00/);
    expect(formatWhen(at(2026, 11, 3), NOW_MS)).toBe('Nov 3');
  });
});
