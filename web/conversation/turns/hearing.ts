import { toConfirmMs } from '#models/end-of-turn/confirm-time';
import { learn } from '#models/end-of-turn/pauses';
import { FRAME_MS, hear, toMs, type Voice } from '#models/vad/voice';
import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import { NO_REPLY, type ConversationState, type In, type Reply, type Utterance } from '../state.ts';
import { after, become, reopen, stay, type Step } from './outcome.ts';
import { enterThinking } from './thinking.ts';

export function heardWhileHearing(state: In<'hearing'>, event: EventOf<'heard'>): Step {
  const { policy } = state;
  const utterance = grow(state.turn.utterance, state.isVoiced, event);
  if (utterance.recordedMs >= policy.maxUtteranceMs) return confirm(state, utterance, false, NO_REPLY);
  // Decided on the frame that ends nearest to the time, not on the first one after it.
  const isPause = utterance.voice.silentMs + FRAME_MS / 2 >= policy.speculateMs;
  if (utterance.isHeld || !isPause) return become(state, { name: 'hearing', utterance });
  return isVoice(state, utterance.voice, event) ? pause(state, utterance) : forget(state, utterance.id);
}

/** A word stands alone in silence; what the detector takes for voice in music and noise goes on when the voice ends. */
function isVoice({ policy }: ConversationState, voice: Voice, { levelDb }: EventOf<'heard'>): boolean {
  const standsAlone = levelDb <= voice.peakDb - policy.standsAloneDb;
  return voice.evidenceMs >= (standsAlone ? policy.minEvidenceMs : policy.minEvidenceInNoiseMs);
}

/** Long enough a silence to bet on: send what there is, unless betting has become too dear, and ask what the model thinks. */
function pause(state: ConversationState, utterance: Utterance): Step {
  const { id, voice } = utterance;
  const judge: Command = { type: 'turn.judge', utterance: id, endSample: voice.endSample };
  if (!isWorthABet(state, utterance)) {
    return become(state, { name: 'settling', utterance, isSent: false, reply: NO_REPLY }, [judge]);
  }
  const sent = { ...utterance, speculations: utterance.speculations + 1 };
  return become(state, { name: 'settling', utterance: sent, isSent: true, reply: NO_REPLY }, [
    ...commit(sent, true),
    judge,
  ]);
}

function isWorthABet({ policy, link, isUpstreamBusy }: ConversationState, utterance: Utterance): boolean {
  return (
    link === 'online' &&
    !isUpstreamBusy &&
    utterance.speculations < policy.maxSpeculations &&
    durationMs(utterance) <= policy.maxSpeculativeUtteranceMs
  );
}

/** Of this very pause: one that came too late is of no use. */
export function judgedWhileSettling(state: In<'settling'>, event: EventOf<'turn.judged'>): Step {
  const { utterance } = state.turn;
  if (event.utterance !== utterance.id || event.endSample !== utterance.voice.endSample) return stay(state);
  return become(state, { ...state.turn, judged: event.probability });
}

export function heardWhileSettling(state: In<'settling'>, event: EventOf<'heard'>): Step {
  const { policy, turn } = state;
  const before = turn.utterance.voice;
  const utterance = grow(turn.utterance, state.isVoiced, event);
  if (utterance.voice.runMs >= policy.resumeMs) return goOn(state, utterance);
  // A blip shorter than that does not start the silence anew, or every click would delay the answer.
  const { lastVoicedSample, endSample } = before;
  const kept = { ...utterance, voice: { ...utterance.voice, lastVoicedSample, endSample } };
  const pausedMs = toMs(event.endSample - endSample) + FRAME_MS / 2;
  if (pausedMs < toConfirmMs(policy, state.pauses, turn.judged)) return become(state, { ...turn, utterance: kept });
  return confirm(state, kept, turn.isSent, turn.reply);
}

/** The speaker went on: whatever was sent does not count. */
function goOn(state: In<'settling'>, utterance: Utterance): Step {
  const { voice } = state.turn.utterance;
  const { lastVoicedSample, runMs } = utterance.voice;
  const pauses = learn(state.pauses, toMs(lastVoicedSample - voice.endSample) - runMs);
  const hearing = become({ ...state, pauses }, { name: 'hearing', utterance });
  if (!state.turn.isSent) return hearing;
  // What was recorded stops at the commit; it goes on right there.
  return after(reopen(utterance.id, voice.lastVoicedSample), hearing);
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
  const ended = { ...state, voiceEndSample: utterance.voice.endSample };
  return after(confirmed, enterThinking(ended, utterance, isAnswering ? reply : NO_REPLY));
}

function commit(utterance: Utterance, isSpeculative: boolean): Command[] {
  const { id, voice } = utterance;
  return [
    { type: 'utterance.commit', utterance: id, voiceEndSample: voice.endSample, isSpeculative },
    { type: 'log', fact: { type: 'utterance.committed', utterance: id, durationMs: durationMs(utterance) } },
  ];
}

/** Push-to-talk let go, or the microphone taken away: over at once, if anything was said at all. */
export function endUtterance(state: In<'hearing' | 'settling'>): Step {
  const { turn } = state;
  if (!isSomething(state)) return forget(state, turn.utterance.id);
  return turn.name === 'settling'
    ? confirm(state, turn.utterance, turn.isSent, turn.reply)
    : confirm(state, turn.utterance, false, NO_REPLY);
}

/** Cut short before silence could show that it was a word: only what is voice beyond doubt is one, or what a key was held for. */
export function isSomething({ turn, policy }: In<'hearing' | 'settling'>): boolean {
  const { voice, isHeld } = turn.utterance;
  if (turn.name === 'settling') return true;
  return isHeld ? voice.voicedMs >= policy.minSpeechMs : voice.evidenceMs >= policy.minEvidenceInNoiseMs;
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

function grow(utterance: Utterance, isVoiced: boolean, event: EventOf<'heard'>): Utterance {
  const voice: Voice = hear(utterance.voice, { ...event, isVoiced }) ?? utterance.voice;
  return { ...utterance, voice, recordedMs: utterance.recordedMs + FRAME_MS };
}

export const durationMs = (utterance: Utterance): number =>
  Math.round(toMs(utterance.voice.endSample - utterance.voice.onsetSample));
