import { describe, expect, it } from 'vitest';
import { AUDIO_DELTA, isCutOff, SPEECH_STARTED, toYield, voiceToVoiceMs } from './judge.ts';

const created = (atMs: number, response: string) => ({ type: 'response.created', atMs, response });
const audio = (atMs: number, response: string) => ({ type: AUDIO_DELTA, atMs, response });

describe('what a wire shows', () => {
  it('takes the first audio after the voice, not that of an answer begun before', () => {
    const events = [
      created(100, 'a'),
      audio(200, 'a'),
      audio(1_300, 'a'),
      created(1_500, 'b'),
      audio(1_900, 'b'),
      audio(2_000, 'b'),
    ];
    expect(voiceToVoiceMs(events, { onsetMs: 600, offsetMs: 1_200 })).toBe(700);
    expect(voiceToVoiceMs(events, { onsetMs: 2_100, offsetMs: 2_500 })).toBeNaN();
  });

  it('calls an answer begun inside of a turn a cut-off', () => {
    expect(isCutOff([created(900, 'a')], { onsetMs: 500, offsetMs: 1_500 })).toBe(true);
    expect(isCutOff([created(1_900, 'a')], { onsetMs: 500, offsetMs: 1_500 })).toBe(false);
  });

  it('tells when it noticed somebody, and how long the old answer went on', () => {
    const events = [
      created(100, 'a'),
      audio(300, 'a'),
      { type: SPEECH_STARTED, atMs: 1_240 },
      audio(1_260, 'a'),
      created(2_900, 'b'),
      audio(3_000, 'b'),
    ];
    expect(toYield(events, { onsetMs: 1_000, offsetMs: 2_000 })).toEqual({ noticedMs: 240, lastAudioMs: 260 });
    expect(toYield([created(100, 'a'), audio(300, 'a')], { onsetMs: 1_000, offsetMs: 2_000 })).toEqual({});
  });
});
