import { bench, describe } from 'vitest';
import { LIMITS } from '#protocol';
import { DEFAULT_POLICY } from './policy.ts';
import { initialState, type ConversationState } from './state.ts';
import { step } from './step.ts';

/** A minute of frames: 1,875, one each 32 ms. */
const FRAMES = 1_875;

function listening(): ConversationState {
  let state = step(initialState(DEFAULT_POLICY), { type: 'user.start', callId: 'c' }).state;
  state = step(state, { type: 'mic.opened' }).state;
  return step(state, { type: 'ear.ready' }).state;
}

function run(probability: (frame: number) => number): void {
  let state = listening();
  for (let i = 1; i <= FRAMES; i++) {
    const endSample = i * LIMITS.frameSamples;
    const sound = { lastLoudSample: endSample, levelDb: -26, floorDb: -66, echo: 0, interjection: 0 };
    const event = { type: 'heard', probability: probability(i), endSample, ...sound } as const;
    state = step(state, event).state;
  }
}

describe('the conversation machine', () => {
  bench('a minute of silence, 1875 frames', () => run(() => 0.02));
  bench('a minute of talk with pauses, 1875 frames', () => run((frame) => (frame % 60 < 45 ? 0.95 : 0.02)));
});
