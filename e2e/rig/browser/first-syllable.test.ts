import { describe, expect, it } from 'vitest';
import { toInt16 } from '../../audio/voice.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { firstSyllablePercent } from './first-syllable.ts';

const ONSET_MS = 700;
const OFFSET_MS = 2_300;
const said = { fromMs: 600, onsetMs: ONSET_MS, offsetMs: OFFSET_MS, toMs: 2_400 };
const at = (ms: number) => (ms * EAR_RATE_HZ) / 1000;

/** Noise, that never repeats itself, between onset and offset. */
function voice(seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: at(3_000) }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return i < at(ONSET_MS) || i >= at(OFFSET_MS) ? 0 : 0.3 * (state / 2 ** 31 - 1);
  });
}

const microphone = voice(7);
const heard = { microphone, page: new Float32Array(), fromMs: 0 };
const received = (fromMs: number, gain = 1, of = microphone) => ({
  durationMs: 3_000 - fromMs,
  sha256: '',
  levelDb: NaN,
  rateHz: EAR_RATE_HZ,
  samples: toInt16(of.slice(at(fromMs)).map((sample) => gain * sample)),
});

describe('firstSyllablePercent', () => {
  it('is 100 for an utterance that arrived with its beginning, at any level', () => {
    expect(firstSyllablePercent(heard, said, received(500))).toBeGreaterThan(99);
    expect(firstSyllablePercent(heard, said, received(ONSET_MS, 0.25))).toBeGreaterThan(99);
  });

  it('is what is left where the beginning was cut away', () => {
    const half = firstSyllablePercent(heard, said, received(ONSET_MS + 50));
    expect(half).toBeGreaterThan(42);
    expect(half).toBeLessThan(58);
    expect(firstSyllablePercent(heard, said, received(ONSET_MS + 100))).toBe(0);
  });

  it('is unknown for another utterance', () => {
    expect(firstSyllablePercent(heard, said, received(500, 1, voice(11)))).toBeNaN();
  });
});
