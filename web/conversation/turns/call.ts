import type { Problem } from '#kernel/result';
import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import { NO_REPLY, type ConversationState, type In } from '../state.ts';
import { durationMs, endUtterance, forget, isSomething } from './hearing.ts';
import { fail, stillComing } from './replies.ts';
import { interrupted, interruptWhileThinking } from './thinking.ts';
import { after, become, GOODBYE, stay, WITHOUT_NUDGE, withoutProblem, type Step, nudgeLater } from './outcome.ts';
import { backToFullLevel, breakOff, yieldTo } from './speaking.ts';

/** What concerns the call as a whole, whoever's turn it is. */

export function start(state: In<'idle'>, event: EventOf<'user.start'>): Step {
  const fresh = { callId: event.callId, utteranceCount: 0, isGreeted: false, isUpstreamBusy: false } as const;
  const begun: ConversationState = { ...withoutPast(withoutProblem(state)), ...fresh, mic: 'asking' };
  return become(begun, { name: 'listening' }, [
    { type: 'log', fact: { type: 'call.started', callId: event.callId } },
    { type: 'mic.open' },
    { type: 'link.open' },
  ]);
}

/** Asked to start while a call runs: whatever of it is broken is tried again. */
export function startAgain(state: ConversationState): Step {
  const commands: Command[] = [];
  if (state.link === 'failed') commands.push({ type: 'link.open' });
  if (state.mic === 'lost') commands.push({ type: 'mic.open' });
  return { state: commands.length > 0 ? withoutProblem(state) : state, commands };
}

export function stop(state: ConversationState): Step {
  const hungUp: ConversationState = { ...withoutProblem(state), mic: 'off', isVoiced: false };
  return after([{ type: 'mic.close' }], leaveTurn(hungUp));
}

function leaveTurn(state: ConversationState): Step {
  const { turn } = state;
  switch (turn.name) {
    case 'idle':
      return stay(state);
    case 'listening':
      return hangUp(state, []);
    case 'hearing':
    case 'settling':
      return hangUpInMidSentence({ ...state, turn });
    case 'thinking':
      return hangUp(state, interruptWhileThinking({ ...state, turn }).commands);
    case 'speaking':
    case 'ducked':
      return yieldTo({ ...state, turn }, 'idle');
    case 'yielding': {
      const { voice: _unheard, ...rest } = turn;
      return become(state, { ...rest, after: 'idle', isHeld: false });
    }
  }
}

/** No answer is wanted, but what was said stays in the history; a key held in silence said nothing. */
function hangUpInMidSentence(state: In<'hearing' | 'settling'>): Step {
  const { turn } = state;
  const { id } = turn.utterance;
  if (!isSomething(state)) return hangUp(state, forget(state, id).commands);
  return hangUp(state, [
    { type: 'utterance.confirm', utterance: id },
    { type: 'log', fact: { type: 'utterance.confirmed', utterance: id, durationMs: durationMs(turn.utterance) } },
    ...interrupted(id, turn.name === 'settling' ? turn.reply : NO_REPLY, 0),
  ]);
}

function hangUp(state: ConversationState, commands: readonly Command[]): Step {
  const ended = { ...state, epoch: state.epoch + 1 };
  return become(ended, { name: 'idle' }, [...commands, ...WITHOUT_NUDGE, ...GOODBYE]);
}

/** Time that is not counted in samples passes: what is said next is no continuation. */
function withoutPast({ voiceEndSample: _long, ...state }: ConversationState): ConversationState {
  return state;
}

export function mute(state: ConversationState, event: EventOf<'user.mute'>): Step {
  const isMuted = state.mic === 'muted';
  if (state.turn.name === 'idle' || isMuted === event.isMuted) return stay(state);
  const silenced: ConversationState = {
    ...withoutPast(state),
    mic: event.isMuted ? 'muted' : 'asking',
    isVoiced: false,
  };
  const command: Command = { type: 'mic.mute', isMuted: event.isMuted };
  return after([command], event.isMuted ? withoutMicrophone(silenced) : stay(silenced));
}

/** One that was muted or hung up on while the browser still opened it stays as it is. */
export const micOpened = (state: ConversationState): Step =>
  state.mic === 'off' || state.mic === 'muted' ? stay(state) : greet({ ...withoutProblem(state), mic: 'live' });

export const earReady = (state: ConversationState): Step => greet({ ...state, isEarReady: true });

/** Once, as soon as everything that is said is heard. The sound also shows what of it comes back into the microphone. */
function greet(state: ConversationState): Step {
  const isReady = state.mic === 'live' && state.isEarReady && state.turn.name === 'listening';
  if (state.isGreeted || !isReady || !state.policy.hasCues) return stay(state);
  return { state: { ...state, isGreeted: true }, commands: [{ type: 'cue', name: 'listening' }] };
}

export const echoChanged = (state: ConversationState, event: EventOf<'echo.changed'>): Step =>
  stay({ ...state, echo: event.mode });

/** Nobody has said anything for long. Whoever is muted, or just begins, is not asked. */
export function nobodySpoke(state: In<'listening'>, event: EventOf<'timer.fired'>): Step {
  const { policy, mic, turn } = state;
  if (event.name !== 'nudge' || policy.nudgeAfterMs === 0) return stay(state);
  if (mic !== 'live' || turn.voice) return { state, commands: nudgeLater(state) };
  return become(
    state,
    { name: 'listening', isNudged: true },
    policy.hasCues ? [{ type: 'cue', name: 'listening' }] : [],
  );
}

/** Without a microphone there is no call: the person is told why, and the control is back where it was. */
export function micRefused(state: ConversationState, event: EventOf<'mic.refused'>): Step {
  if (state.turn.name === 'idle') return stay(state);
  // It was there before: the call goes on, and the device may come back.
  if (state.mic === 'lost') return stay({ ...state, problem: event.problem });
  const stopped = stop(state);
  return { state: { ...stopped.state, problem: event.problem }, commands: stopped.commands };
}

/** Unplugged in mid-call: what was said so far is a turn; the answer goes on; listening waits for the device. */
export function micLost(state: ConversationState, event: EventOf<'mic.lost'>): Step {
  if (state.turn.name === 'idle') return stay(state);
  return withoutMicrophone({ ...withoutPast(state), mic: 'lost', isVoiced: false, problem: event.problem });
}

/** No more frames will come: nothing may wait for one. */
function withoutMicrophone(state: ConversationState): Step {
  const { turn } = state;
  switch (turn.name) {
    case 'hearing':
    case 'settling':
      return endUtterance({ ...state, turn });
    case 'listening':
      return become(state, { name: 'listening' });
    case 'ducked':
      return become(state, { name: 'speaking', id: turn.id, reply: turn.reply }, backToFullLevel({ ...state, turn }));
    case 'yielding': {
      const { voice: _gone, ...rest } = turn;
      return become(state, { ...rest, after: turn.after === 'hearing' ? 'listening' : turn.after, isHeld: false });
    }
    default:
      return stay(state);
  }
}

export function linkChanged(state: ConversationState, event: EventOf<'link.changed'>): Step {
  const { link } = event;
  const changed: ConversationState = { ...state, link: link.phase };
  if (link.phase === 'failed') return linkFailed({ ...changed, problem: link.problem }, link.problem);
  if (link.phase === 'online') {
    return { state: isLinkProblem(state) ? withoutProblem(changed) : changed, commands: stillComing(changed) };
  }
  // A relay that is merely away needs no words: the status says so. One that is full, or behind a portal, does.
  const problem = link.phase === 'waiting' ? link.problem : undefined;
  return stay(problem && problem.kind !== 'relay-unreachable' ? { ...changed, problem } : changed);
}

/** It will not come back by itself, and neither will the answer; what was said can be asked again. */
function linkFailed(state: ConversationState, problem: Problem): Step {
  const { turn } = state;
  // Another tab goes on with this conversation: here nobody may listen or write any more.
  if (problem.kind === 'relay-superseded' && turn.name !== 'idle') {
    const stopped = stop(state);
    return { state: { ...stopped.state, problem }, commands: stopped.commands };
  }
  if (turn.name === 'thinking') return fail({ ...state, turn }, problem);
  if ((turn.name === 'speaking' || turn.name === 'ducked') && !turn.reply.isFinal && !turn.reply.problem) {
    return breakOff({ ...state, turn }, problem);
  }
  return stay(state);
}

const isLinkProblem = (state: ConversationState): boolean =>
  state.problem !== undefined && /^(relay|network)-/.test(state.problem.kind);

export const policyChanged = (state: ConversationState, event: EventOf<'policy.changed'>): Step => ({
  state: { ...state, policy: event.policy },
  commands: event.policy.nudgeAfterMs === 0 && state.policy.nudgeAfterMs > 0 ? WITHOUT_NUDGE : [],
});
