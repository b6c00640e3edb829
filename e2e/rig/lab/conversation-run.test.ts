import { describe, expect, it } from 'vitest';
import type { Heard } from '../../../web/conversation/events.ts';
import type { RecordedCall } from '../corpus/recorded-call.ts';
import { performConversation } from './conversation-run.ts';
import { USUAL_LINE } from './line.ts';
import { scoreCall } from './score.ts';

const FRAME_SAMPLES = 512;
const FRAME_MS = 32;

/** Stretches of voice and silence, in frames. */
function heardOf(...stretches: readonly [frames: number, isVoice: boolean][]): Heard[] {
  let lastLoudSample = 0;
  const frames = stretches.flatMap(([count, isVoice]) => Array.from({ length: count }, () => isVoice));
  return frames.map((isVoice, i) => {
    const endSample = (i + 1) * FRAME_SAMPLES;
    if (isVoice) lastLoudSample = endSample;
    const levels = { levelDb: isVoice ? -26 : -66, floorDb: -66, echo: 0, interjection: 0 };
    return { probability: isVoice ? 0.95 : 0.02, endSample, lastLoudSample, ...levels };
  });
}

const callOf = (turns: RecordedCall['turns']): RecordedCall => ({
  ...{ id: 'call', group: 'made', samples: new Float32Array(0), interjections: [] },
  turns,
});

describe('the conversation machine in the lab', () => {
  it('answers a turn after its silence, the way there and back, and the upstream', () => {
    const heard = heardOf([20, false], [40, true], [200, false]);
    const offsetMs = 60 * FRAME_MS;
    const performance = performConversation(heard, { line: USUAL_LINE });
    const { turns, wastedRequests } = scoreCall(callOf([{ onsetMs: 640, offsetMs, pauses: [] }]), performance);
    const { captureMs, networkMs, upstreamMs, playbackMs } = USUAL_LINE;
    const delayMs = turns[0]?.voiceToVoiceMs ?? NaN;
    expect(delayMs).toBeGreaterThanOrEqual(captureMs + 2 * networkMs + upstreamMs + playbackMs);
    expect(delayMs).toBeLessThan(2_000);
    expect(turns[0]).toMatchObject({ isCutOff: false, isMissed: false });
    expect(wastedRequests).toBe(0);
  });

  it('answers once, though it asked in the pause as well', () => {
    const heard = heardOf([20, false], [40, true], [9, false], [40, true], [200, false]);
    const performance = performConversation(heard, { line: USUAL_LINE });
    const turn = { onsetMs: 640, offsetMs: 109 * FRAME_MS, pauses: [] };
    const { turns, wastedRequests } = scoreCall(callOf([turn]), performance);
    expect(turns).toMatchObject([{ isCutOff: false, isMissed: false }]);
    expect(wastedRequests).toBe(1);
    expect(performance.opened).toHaveLength(1);
  });

  it('plays an answer of before from the moment it is told to', () => {
    const assistant = { startMs: 1_000, durationMs: 2_000 };
    const { audible } = performConversation(heardOf([200, false]), { line: USUAL_LINE, assistant });
    expect(audible[0]?.fromMs).toBeCloseTo(1_000, 5);
    expect(audible.at(-1)?.toMs).toBeCloseTo(3_000, 5);
  });

  it('stops it for somebody who speaks over it', () => {
    const assistant = { startMs: 1_000, durationMs: 20_000 };
    const heard = heardOf([100, false], [60, true], [60, false]);
    const { audible } = performConversation(heard, { line: { ...USUAL_LINE, upstreamMs: 10_000 }, assistant });
    const silentMs = (audible.at(-1)?.toMs ?? NaN) - 100 * FRAME_MS;
    expect(silentMs).toBeGreaterThan(0);
    expect(silentMs).toBeLessThan(500);
  });
});
