import { learn } from '#models/end-of-turn/pauses';
import { hear, silenceAt, toMs, toSamples, type Voice } from '#models/vad/voice';
import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import type { ConversationState, In, Reply, Utterance } from '../state.ts';
import { beginHearing } from './listening.ts';
import { after, become, finished, openFloor, reopen, stay, type Step } from './outcome.ts';

/** The end of the turn is certain; with a speculative answer at hand it plays at once. */
export function enterThinking(state: ConversationState, utterance: Utterance, reply: Reply): Step {
  const thinking: In<'thinking'> = { ...state, turn: { name: 'thinking', id: utterance.id, utterance, reply } };
  const settled = reply.isFinal ? [settle(utterance.id, reply)] : [];
  if (reply.hasAudio) return after(settled, beginSpeaking(thinking, reply));
  if (reply.isFinal) return after(settled, finish(thinking, reply));
  const understood: Command[] = state.policy.hasCues ? [{ type: 'cue', name: 'understood' }] : [];
  return become(thinking, thinking.turn, [
    ...understood,
    { type: 'timer.set', name: 'answer', ms: state.policy.answerTimeoutMs },
  ]);
}

/**
 * Nothing of the answer has been heard, so a speaker who goes on is still in the same turn: the utterance is taken up
 * again and answered whole. Only one that would become too long is left as it is and a new one begun.
 */
export function heardWhileThinking(state: In<'thinking'>, event: EventOf<'heard'>): Step {
  const { turn, policy } = state;
  if (!policy.isAutomatic || (!turn.voice && !state.isVoiced)) return stay(state);
  const voice = hear(turn.voice, { ...event, isVoiced: state.isVoiced });
  if (!voice || voice.silentMs >= policy.forgetMs) return become(state, withoutVoice(state.turn));
  // The answer is on its way, and dear: a cough does not throw it away.
  const neededMs = event.interjection >= policy.interjectionAt ? policy.maxInterjectionMs : policy.minSpeechMs;
  const isSpeech = state.isVoiced && voice.voicedMs >= neededMs && voice.evidenceMs >= policy.minEvidenceMs;
  if (!isSpeech) return become(state, { ...turn, voice });
  return takeUp(state, voice, false);
}

export function talkWhileThinking(state: In<'thinking'>, event: EventOf<'user.talk'>): Step {
  if (!event.isHeld) return stay(state);
  return takeUp(state, silenceAt(event.atSample), true);
}

function takeUp(state: In<'thinking'>, voice: Voice, isHeld: boolean): Step {
  const { turn, policy } = state;
  const { utterance } = turn;
  const fromSample = voice.onsetSample - toSamples(isHeld ? policy.heldPreRollMs : policy.preRollMs);
  const recordedMs = (utterance?.recordedMs ?? 0) + toMs(voice.lastVoicedSample - fromSample);
  if (!utterance || recordedMs >= policy.maxUtteranceMs)
    return after(abandon(turn), beginHearing(state, voice, isHeld));
  const grown = {
    ...utterance,
    recordedMs,
    isHeld,
    voice: {
      ...voice,
      onsetSample: utterance.voice.onsetSample,
      voicedMs: utterance.voice.voicedMs + voice.voicedMs,
      evidenceMs: utterance.voice.evidenceMs + voice.evidenceMs,
      peakDb: Math.max(utterance.voice.peakDb, voice.peakDb),
    },
  };
  const pauses = isHeld ? state.pauses : learn(state.pauses, toMs(voice.onsetSample - utterance.voice.endSample));
  const hearing = become({ ...state, pauses, epoch: state.epoch + 1 }, { name: 'hearing', utterance: grown });
  return after([{ type: 'timer.clear', name: 'answer' }, ...reopen(turn.id, fromSample)], hearing);
}

/** Gives the answer up unheard; what the user said stays in the history. */
export const abandon = (turn: In<'thinking'>['turn']): Command[] => [
  { type: 'timer.clear', name: 'answer' },
  ...interrupted(turn.id, turn.reply, 0),
];

/** The answer ends at `heardSample`, here, at the relay and in the history. */
export const interrupted = (utterance: string, reply: Reply, heardSample: number): Command[] => [
  {
    type: 'log',
    fact: {
      type: 'reply.interrupted',
      utterance,
      attempt: reply.attempt,
      heardSample,
      totalSamples: reply.samples,
    },
  },
  // After the log, which knows what the cut leaves of the words.
  { type: 'reply.cancel', utterance, attempt: reply.attempt, heardSample },
  settle(utterance, reply),
];

export const settle = (utterance: string, reply: Reply): Command => ({
  type: 'reply.settle',
  utterance,
  attempt: reply.attempt,
});

/** First sound of the answer while the turn is certain. */
export function audioWhileThinking(state: In<'thinking'>, event: EventOf<'reply.audio'>): Step {
  return beginSpeaking(state, { ...state.turn.reply, hasAudio: true, samples: event.endSample });
}

function beginSpeaking(state: In<'thinking'>, reply: Reply): Step {
  const { id } = state.turn;
  const stream = state.epoch;
  const ended: Command[] = reply.isFinal ? [{ type: 'play.end', stream }] : [];
  return become(state, { name: 'speaking', id, reply }, [
    { type: 'timer.clear', name: 'answer' },
    { type: 'play.start', stream, utterance: id, attempt: reply.attempt },
    ...ended,
  ]);
}

/** An answer without sound: it has been shown, and that is all there is. */
export function finalWhileThinking(state: In<'thinking'>, event: EventOf<'reply.final'>): Step {
  const reply = { ...state.turn.reply, isFinal: true, samples: event.samples };
  return after([finished(event), settle(state.turn.id, reply)], finish(state, reply));
}

function finish(state: In<'thinking'>, reply: Reply): Step {
  return openFloor(state, [
    { type: 'timer.clear', name: 'answer' },
    { type: 'log', fact: { type: 'reply.heard', utterance: state.turn.id, attempt: reply.attempt } },
  ]);
}

/** The answer button or a hang-up before anything was heard. */
export function interruptWhileThinking(state: In<'thinking'>): Step {
  return become({ ...state, epoch: state.epoch + 1 }, { name: 'listening' }, abandon(state.turn));
}

const withoutVoice = (turn: In<'thinking'>['turn']): In<'thinking'>['turn'] => {
  const { voice: _forgotten, ...rest } = turn;
  return rest;
};
