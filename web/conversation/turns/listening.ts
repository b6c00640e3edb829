import type { EventOf } from '../events.ts';
import type { ConversationState, In, Utterance } from '../state.ts';
import { NO_REPLY } from '../state.ts';
import { hear, toMs, toSamples, type Voice } from '../voice.ts';
import { become, stay, withoutProblem, type Step } from './outcome.ts';

export function heardWhileListening(state: In<'listening'>, event: EventOf<'heard'>): Step {
  const { turn, policy } = state;
  if (!policy.isAutomatic || (!turn.voice && !state.isVoiced)) return stay(state);
  const voice = hear(turn.voice, { isVoiced: state.isVoiced, endSample: event.endSample });
  if (!voice || voice.silentMs >= policy.forgetMs) return become(state, { name: 'listening' });
  if (voice.voicedMs < policy.minSpeechMs) return become(state, { name: 'listening', voice });
  return beginHearing(state, voice, false);
}

export function talkWhileListening(state: In<'listening'>, event: EventOf<'user.talk'>): Step {
  return event.isHeld ? beginHearing(state, silenceAt(event.atSample), true) : stay(state);
}

/** A new utterance, from before its first voiced frame; whatever was there before is over. */
export function beginHearing(state: ConversationState, voice: Voice, isHeld: boolean): Step {
  const utteranceCount = state.utteranceCount + 1;
  const id = `${state.callId}.${utteranceCount}`;
  const fromSample = Math.max(0, voice.onsetSample - toSamples(state.policy.preRollMs));
  const recordedMs = toMs(voice.lastVoicedSample - fromSample);
  const utterance: Utterance = { id, fromSample, recordedMs, voice, speculations: 0, isHeld };
  const begun = { ...withoutProblem(state), utteranceCount, epoch: state.epoch + 1 };
  return become(begun, { name: 'hearing', utterance }, [
    { type: 'utterance.open', utterance: id, fromSample },
    { type: 'log', fact: { type: 'utterance.started', utterance: id } },
  ]);
}

/** An utterance of an earlier call or a failed one: straight to waiting for its answer. */
export function restoreUtterance(
  state: ConversationState,
  event: EventOf<'utterance.found'> | EventOf<'user.retry'>,
): Step {
  const { utterance: id, durationMs } = event;
  const begun = { ...withoutProblem(state), epoch: state.epoch + 1 };
  const reply = { ...NO_REPLY, attempt: event.attempt };
  return become(begun, { name: 'thinking', id, reply }, [
    { type: 'log', fact: { type: 'utterance.restored', utterance: id, durationMs } },
    { type: 'utterance.restore', utterance: id },
    { type: 'timer.set', name: 'answer', ms: state.policy.answerTimeoutMs },
  ]);
}

/** The moment push-to-talk goes down: no voice yet, and nothing of before counts. */
export const silenceAt = (sample: number): Voice => ({
  onsetSample: sample,
  lastVoicedSample: sample,
  voicedMs: 0,
  runMs: 0,
  silentMs: 0,
});
