import { describe, expect, it } from 'vitest';
import { DOWN_BYTES, noise } from './sound.ts';
import { readStamp, writeStamp } from './stamp.ts';
import { Tracker } from './tracker.ts';

describe('a stamp', () => {
  it.each([
    ['raw', noise(DOWN_BYTES)],
    ['base64', Buffer.from(noise(DOWN_BYTES).toString('base64'))],
  ] as const)('in %s audio comes back, and no other audio has one', (encoding, sound) => {
    const message = Buffer.concat([Buffer.from('{"d":"'), sound]);
    expect(readStamp(message, 6, encoding)).toBeUndefined();
    writeStamp(message, 6, encoding, { line: 511, sequence: 65_535 });
    expect(readStamp(message, 6, encoding)).toEqual({ line: 511, sequence: 65_535 });
    expect(message.length).toBe(sound.length + 6);
  });
});

describe('the tracker', () => {
  it('counts what came, and how long it took', () => {
    const tracker = new Tracker(2);
    tracker.sent({ line: 1, sequence: 0 });
    tracker.arrived({ line: 1, sequence: 0 });
    const { sent, latenciesMs, misplaced, foreign } = tracker.take();
    expect({ sent, misplaced, foreign }).toEqual({ sent: 1, misplaced: 0, foreign: 0 });
    expect(latenciesMs).toHaveLength(1);
    expect(latenciesMs[0]).toBeGreaterThanOrEqual(0);
    expect(tracker.take().sent).toBe(0);
  });

  it('notices what was lost, doubled, or never sent', () => {
    const tracker = new Tracker(1);
    for (const sequence of [0, 1, 3, 3]) tracker.arrived({ line: 0, sequence });
    tracker.arrived(undefined);
    tracker.arrived({ line: 9, sequence: 0 });
    expect(tracker.take()).toMatchObject({ misplaced: 2, foreign: 2 });
  });

  it('goes on after the last sequence number', () => {
    const tracker = new Tracker(1);
    for (const sequence of [65_534, 65_535, 0, 1]) tracker.arrived({ line: 0, sequence });
    expect(tracker.take().misplaced).toBe(0);
  });
});
