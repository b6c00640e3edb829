import { describe, expect, it } from 'vitest';
import type { ServerVad } from '../../vad/turn-detection.ts';
import { Dictation } from './testing/dictation.ts';

const VAD: ServerVad = {
  ...{ type: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 800 },
  ...{ createResponse: true, interruptResponse: true },
};
const samples = (ms: number) => ms * 16;

/** Transcripts that say how long what was written down is. */
function timing(): Dictation {
  const dictation = new Dictation({ turnDetection: VAD });
  dictation.recogniser.wordsOf = ({ audio }) => String(audio.length / 32);
  return dictation;
}
const writtenMs = (dictation: Dictation) => dictation.all('completed').map(({ text }) => Number(text));

describe('utterances of more than a minute', () => {
  it('goes on with the next utterance after a minute of one', async () => {
    const dictation = timing();
    dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
    await dictation.speak(61_000);
    dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(61_000) });
    await dictation.wait(200);
    expect(dictation.stretches).toEqual([
      [0, 60_000],
      [60_000, 61_000],
    ]);
    expect(writtenMs(dictation)).toEqual([60_000, 1_000]);
    expect(dictation.ears.detector.restarts).toBe(0);
  });

  it('loses nothing of a long utterance that is heard long after it came', async () => {
    const dictation = timing();
    const { detector } = dictation.ears;
    await dictation.speak(20_000);
    detector.signal({ kind: 'started', startSample: 0 });
    const hear = dictation.hold();
    await dictation.speak(70_000);
    expect(dictation.course).toEqual(['speech-started']);
    hear();
    await dictation.wait(0);
    detector.signal({ kind: 'stopped', endSample: samples(85_000) });
    await dictation.wait(200);
    expect(dictation.stretches).toEqual([
      [0, 60_000],
      [60_000, 85_000],
    ]);
    expect(writtenMs(dictation)).toEqual([60_000, 25_000]);
  });

  it('ends utterances where they ended though more than a minute has come before that was heard', async () => {
    const dictation = timing();
    const { detector } = dictation.ears;
    const hear = dictation.hold();
    await dictation.speak(70_000);
    for (const [fromS, toS] of [
      [1, 5],
      [20, 30],
    ] as const) {
      detector.signal({ kind: 'started', startSample: samples(fromS * 1_000) });
      await dictation.speak(1_000);
      detector.signal({ kind: 'stopped', endSample: samples(toS * 1_000) });
    }
    hear();
    await dictation.wait(500);
    expect(dictation.stretches).toEqual([
      [700, 5_000],
      [19_700, 30_000],
    ]);
    expect(writtenMs(dictation)).toEqual([4_300, 10_300]);
  });

  it('keeps no more than the longest utterance and what may still have to be heard of a deaf detector', async () => {
    const dictation = timing();
    const { detector } = dictation.ears;
    detector.signal({ kind: 'started', startSample: 0 });
    dictation.hold();
    await dictation.speak(136_000);
    expect(dictation.stretches).toEqual([[0, 60_000]]);
    // Of the part that has been written down already.
    detector.signal({ kind: 'paused', endSample: samples(50_000) });
    detector.signal({ kind: 'stopped', endSample: samples(50_000) });
    detector.signal({ kind: 'started', startSample: samples(55_000) });
    detector.signal({ kind: 'stopped', endSample: samples(90_000) });
    await dictation.wait(500);
    expect(dictation.stretches).toEqual([
      [0, 60_000],
      [60_000, 60_000],
      [60_000, 90_000],
    ]);
    expect(writtenMs(dictation)).toEqual([60_000, 0, 30_000]);
  });
});
