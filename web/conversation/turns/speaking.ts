import type { Problem } from '#kernel/result';
import { FRAME_MS, hear, silenceAt, toSamples, type Voice } from '#models/vad/voice';
import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import { NO_REPLY, type AfterYield, type ConversationState, type In } from '../state.ts';
import { beginHearing } from './listening.ts';
import { after, become, finished, GOODBYE, openFloor, stay, type Step } from './outcome.ts';
import { interrupted } from './thinking.ts';

/** The first voiced frame over the answer makes it step back; nothing is decided yet. */
export function heardWhileSpeaking(state: In<'speaking'>, event: EventOf<'heard'>): Step {
  const { policy, turn } = state;
  if (!canInterrupt(state)) return stay(state);
  if (state.echo === 'unknown' && turn.protectedTo === undefined) {
    return become(state, { ...turn, protectedTo: event.endSample + toSamples(policy.protectMs) });
  }
  if (!state.isVoiced || (state.echo === 'unknown' && event.endSample < (turn.protectedTo ?? 0))) return stay(state);
  const voice = hear(undefined, { ...event, isVoiced: true });
  if (!voice) return stay(state);
  return become(state, { ...turn, name: 'ducked', voice, isHushed: false }, [
    { type: 'play.duck', gainDb: policy.duckDb, rampMs: policy.duckRampMs },
  ]);
}

const canInterrupt = ({ policy, echo }: ConversationState): boolean =>
  policy.isAutomatic && !policy.isHalfDuplex && echo !== 'half-duplex';

/**
 * Voice hushes the answer, more of it takes the floor; a cough or a hum has to go on for long to do either. Whatever ends
 * before lets the answer come back, at the very sample it had reached.
 */
export function heardWhileDucked(state: In<'ducked'>, event: EventOf<'heard'>): Step {
  const { policy, turn } = state;
  const voice = hear(turn.voice, { ...event, isVoiced: state.isVoiced }) ?? turn.voice;
  const { maxInterjectionMs } = policy;
  const isInterjection = event.interjection >= policy.interjectionAt;
  if (!canInterrupt(state)) return goOn(state);
  if (!state.isVoiced) {
    const isOver = voice.silentMs + FRAME_MS / 2 >= policy.restoreAfterMs;
    return isOver ? goOn({ ...state, turn: { ...turn, voice } }) : become(state, { ...turn, voice });
  }
  if (voice.voicedMs >= (isInterjection ? maxInterjectionMs : policy.bargeInMs)) {
    return yieldTo(state, 'hearing', { voice, isHeld: false });
  }
  const isHushed = turn.isHushed || (!isInterjection && voice.voicedMs >= policy.hushMs);
  const hush: Command[] =
    isHushed && !turn.isHushed ? [{ type: 'play.pause', stream: state.epoch, fadeMs: policy.fadeMs }] : [];
  return become(state, { ...turn, voice, isHushed }, hush);
}

/** It was no interruption, unless the words say so. */
function goOn(state: In<'ducked'>): Step {
  const { policy, turn, epoch } = state;
  const { onsetSample, lastVoicedSample } = turn.voice;
  const fromSample = onsetSample - toSamples(policy.preRollMs);
  const check: Command[] =
    policy.stopPhrases.length > 0
      ? [{ type: 'interjection.check', stream: epoch, fromSample, toSample: lastVoicedSample }]
      : [];
  const { voice: _over, isHushed: _hushed, ...speaking } = turn;
  return become(state, { ...speaking, name: 'speaking' }, [...backToFullLevel(state), ...check]);
}

export function backToFullLevel({ policy, turn, epoch }: In<'ducked'>): Command[] {
  const rampMs = policy.restoreRampMs;
  const resume: Command[] = turn.isHushed ? [{ type: 'play.resume', stream: epoch, rampMs }] : [];
  return [...resume, { type: 'play.restore', rampMs }];
}

/** One of the words that stop an answer however short they are. */
export function understoodWhileSpeaking(
  state: In<'speaking' | 'ducked'>,
  event: EventOf<'interjection.understood'>,
): Step {
  const said = toWords(event.text);
  const isStop = state.policy.stopPhrases.some((phrase) => said.includes(toSought(phrase)));
  return isStop ? yieldTo(state, 'listening') : stay(state);
}

/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const toSought = (phrase: string): string => (UNSPACED.test(phrase) ? toWords(phrase).trim() : toWords(phrase));

/** Letters and digits, with a space around each word, so that one phrase is found in another only by whole words. */
const toWords = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()} `;

export function talkWhileSpeaking(state: In<'speaking' | 'ducked'>, event: EventOf<'user.talk'>): Step {
  if (!event.isHeld) return stay(state);
  return yieldTo(state, 'hearing', { voice: silenceAt(event.atSample), isHeld: true });
}

/** Falls silent at once; where exactly is known when playback says so. */
export function yieldTo(
  state: In<'speaking' | 'ducked'>,
  next: AfterYield,
  taker?: { voice: Voice; isHeld: boolean },
): Step {
  const { id, reply } = state.turn;
  return become(
    state,
    {
      name: 'yielding',
      id,
      reply,
      after: next,
      isHeld: taker?.isHeld ?? false,
      ...(taker && { voice: taker.voice }),
    },
    [{ type: 'play.stop', stream: state.epoch, fadeMs: state.policy.fadeMs }],
  );
}

/** The speaker does not wait for us: what is said meanwhile counts. */
export function heardWhileYielding(state: In<'yielding'>, event: EventOf<'heard'>): Step {
  const { turn } = state;
  if (!turn.voice && !state.isVoiced) return stay(state);
  const voice = hear(turn.voice, { ...event, isVoiced: state.isVoiced });
  return voice ? become(state, { ...turn, voice }) : stay(state);
}

export function stoppedWhileYielding(state: In<'yielding'>, event: EventOf<'play.stopped'>): Step {
  const { turn } = state;
  const commands = interrupted(turn.id, turn.reply, event.playedSample);
  const over: ConversationState = { ...state, epoch: state.epoch + 1 };
  if (turn.after === 'idle') return become(over, { name: 'idle' }, [...commands, ...GOODBYE]);
  if (turn.after === 'hearing' && turn.voice) return after(commands, beginHearing(over, turn.voice, turn.isHeld));
  return openFloor(over, commands);
}

/** The stop button. Somebody who had begun to speak keeps the floor; a click that ducked the answer has none. */
export function interruptWhileDucked(state: In<'ducked'>): Step {
  const { voice } = state.turn;
  return voice.voicedMs < state.policy.minSpeechMs
    ? yieldTo(state, 'listening')
    : yieldTo(state, 'hearing', { voice, isHeld: false });
}

/** Push-to-talk let go while the answer was still fading: nothing can have been said. */
export function talkWhileYielding(state: In<'yielding'>, event: EventOf<'user.talk'>): Step {
  const { turn } = state;
  if (turn.after === 'idle') return stay(state);
  if (!event.isHeld) return turn.isHeld ? become(state, { ...turn, after: 'listening', isHeld: false }) : stay(state);
  return become(state, { ...turn, after: 'hearing', isHeld: true, voice: silenceAt(event.atSample) });
}

export function finalWhileSpeaking(state: In<'speaking' | 'ducked'>, event: EventOf<'reply.final'>): Step {
  const { turn } = state;
  const reply = { ...turn.reply, isFinal: true, samples: event.samples };
  return become(state, { ...turn, reply }, [
    finished(event),
    { type: 'play.end', stream: state.epoch },
    { type: 'reply.settle', utterance: turn.id, attempt: reply.attempt },
  ]);
}

/** Heard to the end. Somebody who began to speak over the last words keeps the floor. */
export function drained(state: In<'speaking' | 'ducked'>): Step {
  const { turn } = state;
  const { id, reply } = turn;
  // Only an answer that was ended can drain; anything else is an echo of an earlier stream.
  if (!reply.isFinal && !reply.problem) return stay(state);
  const heard: Command[] = reply.problem
    ? []
    : [{ type: 'log', fact: { type: 'reply.heard', utterance: id, attempt: reply.attempt } }];
  return openFloor(state, heard, turn.name === 'ducked' ? turn.voice : undefined);
}

/** The answer broke off: what has arrived is played, then the turn has failed. */
export const failedWhileSpeaking = (state: In<'speaking' | 'ducked'>, event: EventOf<'reply.failed'>): Step =>
  breakOff(state, event.problem);

export function breakOff(state: In<'speaking' | 'ducked'>, problem: Problem): Step {
  const { turn } = state;
  const reply = { ...turn.reply, problem };
  return become({ ...state, problem }, { ...turn, reply }, [
    { type: 'play.end', stream: state.epoch },
    { type: 'log', fact: { type: 'reply.failed', utterance: turn.id, problem: problem.kind } },
    { type: 'utterance.release', utterance: turn.id },
  ]);
}

/**
 * A relay that lost its memory answers anew. Two attempts are never spliced: the old sound fades out, and the new
 * answer is played from its beginning.
 */
export function restartedWhileSpeaking(state: In<'speaking' | 'ducked'>, event: EventOf<'reply.accepted'>): Step {
  const { id, reply } = state.turn;
  if (event.attempt <= reply.attempt) return stay(state);
  const again = { ...state, epoch: state.epoch + 1 };
  return become(again, { name: 'thinking', id, reply: { ...NO_REPLY, attempt: event.attempt } }, [
    { type: 'play.stop', stream: state.epoch, fadeMs: state.policy.fadeMs },
    { type: 'timer.set', name: 'answer', ms: state.policy.answerTimeoutMs },
  ]);
}
