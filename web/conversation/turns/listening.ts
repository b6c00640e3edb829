import { learn } from '#models/end-of-turn/pauses';
import { hear, silenceAt, toMs, toSamples, type Voice } from '#models/vad/voice';
import type { EventOf } from '../events.ts';
import type { ConversationState, In, Utterance } from '../state.ts';
import { NO_REPLY } from '../state.ts';
import { become, stay, WITHOUT_NUDGE, withoutProblem, type Step } from './outcome.ts';

export function heardWhileListening(state: In<'listening'>, event: EventOf<'heard'>): Step {
  const { turn, policy } = state;
  if (!policy.isAutomatic || (!turn.voice && !state.isVoiced)) return stay(state);
  const voice = hear(turn.voice, { ...event, isVoiced: state.isVoiced });
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
  const { preRollMs, heldPreRollMs } = state.policy;
  const fromSample = Math.max(0, voice.onsetSample - toSamples(isHeld ? heldPreRollMs : preRollMs));
  const recordedMs = toMs(voice.lastVoicedSample - fromSample);
  const utterance: Utterance = { id, fromSample, recordedMs, voice, speculations: 0, isHeld };
  const sinceMs = toMs(voice.onsetSample - (state.voiceEndSample ?? -Infinity));
  const pauses = isHeld ? state.pauses : learn(state.pauses, sinceMs);
  const begun = { ...withoutProblem(state), pauses, utteranceCount, epoch: state.epoch + 1 };
  return become(begun, { name: 'hearing', utterance }, [
    ...(state.policy.nudgeAfterMs > 0 ? WITHOUT_NUDGE : []),
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
