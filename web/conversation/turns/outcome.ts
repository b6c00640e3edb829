import type { Voice } from '#models/vad/voice';
import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import type { ConversationState, TurnState } from '../state.ts';

/** What one event leads to. */
export interface Step {
  state: ConversationState;
  commands: readonly Command[];
}

const NONE: readonly Command[] = [];

/** Nothing to do; the very same state, so that the common frame of silence allocates nothing. */
export const stay = (state: ConversationState): Step => ({ state, commands: NONE });

export const become = (state: ConversationState, turn: TurnState, commands: readonly Command[] = NONE): Step => ({
  state: { ...state, turn },
  commands,
});

/** Without the problem that was shown: it has been overcome, or something new began. */
export function withoutProblem(state: ConversationState): ConversationState {
  if (!state.problem) return state;
  const { problem: _overcome, ...rest } = state;
  return rest;
}

/** Adds commands in front of another step's. */
export const after = (commands: readonly Command[], step: Step): Step => ({
  state: step.state,
  commands: [...commands, ...step.commands],
});

/** Last commands of a call; given once an answer that was playing has fallen silent. */
export const GOODBYE: readonly Command[] = [{ type: 'log', fact: { type: 'call.ended' } }, { type: 'link.close' }];

/** All of the answer has arrived. */
export const finished = ({ type: _type, ...end }: EventOf<'reply.final'>): Command => ({
  type: 'log',
  fact: { type: 'reply.finished', ...end },
});

/** The speaker goes on: recording is taken up again, from this sample at the earliest. */
export const reopen = (utterance: string, fromSample: number): Command[] => [
  { type: 'utterance.reopen', utterance, fromSample },
  { type: 'log', fact: { type: 'utterance.reopened', utterance } },
];

/** Somebody speaks, or nobody is there any more: nobody needs to be asked. */
export const WITHOUT_NUDGE: readonly Command[] = [{ type: 'timer.clear', name: 'nudge' }];

export const nudgeLater = ({ policy }: ConversationState): Command[] =>
  policy.nudgeAfterMs > 0 ? [{ type: 'timer.set', name: 'nudge', ms: policy.nudgeAfterMs }] : [];

/** An answer is over, or there is nothing of it to hear: the floor is open. */
export const openFloor = (state: ConversationState, commands: readonly Command[], voice?: Voice): Step =>
  become(state, { name: 'listening', ...(voice && { voice }) }, [...commands, ...nudgeLater(state)]);
