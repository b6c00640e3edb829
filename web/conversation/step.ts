import { isVoice } from '#models/vad/voice';
import type { ConversationEvent, Heard } from './events.ts';
import type { ConversationState } from './state.ts';
import { transition } from './transitions.ts';
import { stay, type Step } from './turns/outcome.ts';

/**
 * The conversation machine: what one event makes of a state, and what is to be done about it. Pure: no clock, no
 * promise, no randomness, no DOM. Events that come too late to matter are dropped here, and only here, and counted.
 */
export function step(state: ConversationState, event: ConversationEvent): Step {
  if (isStale(state, event)) return stay({ ...state, staleCount: state.staleCount + 1 });
  if (state.mic !== 'live' && needsMicrophone(event)) return stay(state);
  if (event.type !== 'heard') return transition(state, event);
  return transition(withHeard(state, event), event);
}

/** Frames that were still on their way when the microphone closed, and a key held where nothing can be heard. */
const needsMicrophone = (event: ConversationEvent): boolean =>
  event.type === 'heard' || (event.type === 'user.talk' && event.isHeld);

function isStale(state: ConversationState, event: ConversationEvent): boolean {
  if ('stream' in event) return event.stream !== state.epoch;
  if (!event.type.startsWith('reply.')) return false;
  const current = currentReply(state);
  if (!current || !('utterance' in event) || event.utterance !== current.id) return true;
  return 'attempt' in event && event.attempt < current.attempt;
}

/** The answer that is being waited for, held or played. */
function currentReply({ turn }: ConversationState): { id: string; attempt: number } | undefined {
  if (turn.name === 'settling') return turn.isSent ? { id: turn.utterance.id, attempt: turn.reply.attempt } : undefined;
  if (turn.name === 'idle' || turn.name === 'listening' || turn.name === 'hearing') return undefined;
  return { id: turn.id, attempt: turn.reply.attempt };
}

/** The very same state while nothing changes. */
function withHeard(state: ConversationState, event: Heard): ConversationState {
  const { policy } = state;
  const isVoiced = isVoice(policy, state.isVoiced, event) && event.echo <= policy.maxEcho;
  return isVoiced === state.isVoiced ? state : { ...state, isVoiced };
}
