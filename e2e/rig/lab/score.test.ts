import { describe, expect, it } from 'vitest';
import type { RecordedCall } from '../corpus/recorded-call.ts';
import type { Performance } from './performance.ts';
import { scoreCall } from './score.ts';

/** Two turns of which every sample is known: from 1 to 4 s with a pause of 1 s in it, and from 10 to 11 s. */
const CALL: RecordedCall = {
  id: 'call',
  group: 'made',
  samples: new Float32Array(16_000 * 17),
  turns: [
    { onsetMs: 1_000, offsetMs: 4_000, pauses: [{ onsetMs: 2_000, offsetMs: 3_000 }] },
    { onsetMs: 10_000, offsetMs: 11_000, pauses: [] },
  ],
  interjections: [],
};

const answered = (atMs: number, askedMs = atMs - 500) => ({ fromMs: atMs, toMs: atMs + 1_000, askedMs });

function score(performance: Partial<Performance>) {
  return scoreCall(CALL, { audible: [], ends: [], requests: 2, opened: [], ...performance });
}

describe('the score of a call', () => {
  it('counts the delay at the ear from the last sample of the voice', () => {
    const { turns } = score({ audible: [answered(4_700), answered(11_900)], ends: [4_600, 11_400] });
    expect(turns.map(({ voiceToVoiceMs }) => voiceToVoiceMs)).toEqual([700, 900]);
    expect(turns.map(({ waitMs }) => waitMs)).toEqual([200, 400]);
    expect(turns.some(({ isCutOff, isMissed }) => isCutOff || isMissed)).toBe(false);
  });

  it('finds an answer that begins in the pause, and does not take what follows for a quick one', () => {
    const { turns } = score({ audible: [answered(2_600), answered(4_900), answered(12_000)], ends: [4_000, 11_500] });
    expect(turns[0]).toEqual({ isTalkedOver: true, isCutOff: true, isMissed: false });
  });

  it('counts a turn as cut off that was declared over in the pause, though nothing was heard there', () => {
    const { turns } = score({
      audible: [answered(5_200), answered(12_000)],
      ends: [2_500, 4_700, 11_500],
      requests: 3,
    });
    expect(turns[0]).toMatchObject({ isTalkedOver: false, isCutOff: true, isMissed: false });
  });

  it('does not blame a turn for the end of the one before', () => {
    const { turns } = score({
      audible: [{ fromMs: 4_800, toMs: 10_400, askedMs: 4_300 }, answered(12_000)],
      ends: [4_300],
    });
    expect(turns.map(({ isCutOff }) => isCutOff)).toEqual([false, false]);
  });

  it('does not take an answer that goes on at another level for a new one', () => {
    const first = { fromMs: 4_800, toMs: 10_200, askedMs: 4_300 };
    const ducked = { fromMs: 10_200, toMs: 10_400, askedMs: 4_300 };
    expect(score({ audible: [first, ducked] }).turns[1]?.isTalkedOver).toBe(false);
  });

  it('misses an end that nobody answers in five seconds', () => {
    const { turns } = score({ audible: [answered(9_100), answered(16_500)] });
    expect(turns.map(({ isMissed }) => isMissed)).toEqual([true, true]);
  });

  it('counts requests beyond one a turn as wasted', () => {
    expect(score({ requests: 5 }).wastedRequests).toBe(3);
  });
});
