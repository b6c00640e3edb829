import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import { NO_REPLY, type ConversationState, type In, type Reply, type Utterance } from '../state.ts';
import { FRAME_MS, hear, toMs, type Voice } from '../voice.ts';
import { after, become, reopen, stay, type Step } from './outcome.ts';
import { enterThinking } from './thinking.ts';

export function heardWhileHearing(state: In<'hearing'>, event: EventOf<'heard'>): Step {
  const { policy } = state;
  const utterance = grow(state.turn.utterance, state.isVoiced, event.endSample);
  if (utterance.recordedMs >= policy.maxUtteranceMs) return confirm(state, utterance, false, NO_REPLY);
  if (utterance.isHeld || utterance.voice.silentMs < policy.speculateMs) {
    return become(state, { name: 'hearing', utterance });
  }
  return pause(state, utterance);
}

/** Long enough a silence to bet on: send what there is, unless betting has become too dear. */
function pause(state: ConversationState, utterance: Utterance): Step {
  const { policy } = state;
  const isWorthIt =
    state.link === 'online' &&
    utterance.speculations < policy.maxSpeculations &&
    durationMs(utterance) <= policy.maxSpeculativeUtteranceMs;
  if (!isWorthIt) return become(state, { name: 'settling', utterance, isSent: false, reply: NO_REPLY });
  const sent = { ...utterance, speculations: utterance.speculations + 1 };
  return become(
    state,
    { name: 'settling', utterance: sent, isSent: true, reply: NO_REPLY },
    commit(sent, true),
  );
}

export function heardWhileSettling(state: In<'settling'>, event: EventOf<'heard'>): Step {
  const { policy, turn } = state;
  const utterance = grow(turn.utterance, state.isVoiced, event.endSample);
  if (utterance.voice.runMs >= policy.resumeMs) return goOn(state, utterance);
  // A blip shorter than that does not start the silence anew, or every click would delay the answer.
  const pausedMs = toMs(event.endSample - turn.utterance.voice.lastVoicedSample);
  const kept = { ...utterance, voice: { ...utterance.voice, lastVoicedSample: turn.utterance.voice.lastVoicedSample } };
  if (pausedMs < policy.confirmMs) return become(state, { ...turn, utterance: kept });
  return confirm(state, kept, turn.isSent, turn.reply);
}

/** The speaker went on: whatever was sent does not count. */
function goOn(state: In<'settling'>, utterance: Utterance): Step {
  const hearing = become(state, { name: 'hearing', utterance });
  if (!state.turn.isSent) return hearing;
  // What was recorded stops at the commit; it goes on right there.
  return after(reopen(utterance.id, state.turn.utterance.voice.lastVoicedSample), hearing);
}

/** The turn is over. If it was sent before and the answer is on its way, nothing needs to be sent again. */
export function confirm(state: ConversationState, utterance: Utterance, isSent: boolean, reply: Reply): Step {
  const isAnswering = isSent && !reply.problem;
  const sent = isAnswering ? [] : commit(utterance, false);
  const { id } = utterance;
  const confirmed: Command[] = [
    ...sent,
    { type: 'utterance.confirm', utterance: id },
    { type: 'log', fact: { type: 'utterance.confirmed', utterance: id, durationMs: durationMs(utterance) } },
  ];
  return after(confirmed, enterThinking(state, utterance, isAnswering ? reply : NO_REPLY));
}

function commit(utterance: Utterance, isSpeculative: boolean): Command[] {
  const { id, voice } = utterance;
  return [
    { type: 'utterance.commit', utterance: id, lastVoicedSample: voice.lastVoicedSample, isSpeculative },
    { type: 'log', fact: { type: 'utterance.committed', utterance: id, durationMs: durationMs(utterance) } },
  ];
}

/** Push-to-talk let go, or the microphone taken away: over at once, if anything was said at all. */
export function endUtterance(state: In<'hearing' | 'settling'>): Step {
  const { turn, policy } = state;
  if (turn.utterance.voice.voicedMs < policy.minSpeechMs) return forget(state, turn.utterance.id);
  return turn.name === 'settling'
    ? confirm(state, turn.utterance, turn.isSent, turn.reply)
    : confirm(state, turn.utterance, false, NO_REPLY);
}

/** Nothing was said: no turn. */
export function forget(state: ConversationState, utterance: string): Step {
  return become({ ...state, epoch: state.epoch + 1 }, { name: 'listening' }, [
    { type: 'utterance.discard', utterance },
    { type: 'log', fact: { type: 'utterance.discarded', utterance } },
  ]);
}

export function talkWhileHearing(state: In<'hearing' | 'settling'>, event: EventOf<'user.talk'>): Step {
  const { turn } = state;
  if (!event.isHeld) return turn.utterance.isHeld ? endUtterance(state) : stay(state);
  const utterance = { ...turn.utterance, isHeld: true };
  if (turn.name === 'hearing') return become(state, { name: 'hearing', utterance });
  const hearing = become(state, { name: 'hearing', utterance });
  return turn.isSent ? after(reopen(utterance.id, utterance.voice.lastVoicedSample), hearing) : hearing;
}

function grow(utterance: Utterance, isVoiced: boolean, endSample: number): Utterance {
  const voice: Voice = hear(utterance.voice, { isVoiced, endSample }) ?? utterance.voice;
  return { ...utterance, voice, recordedMs: utterance.recordedMs + FRAME_MS };
}

export const durationMs = (utterance: Utterance): number =>
  Math.round(toMs(utterance.voice.lastVoicedSample - utterance.voice.onsetSample));
