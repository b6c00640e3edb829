import type { Problem } from '#kernel/result';
import type { ConversationState } from './state.ts';

/** What the big control shows. Honest: each value is true of the machine at that moment. */
export type Status =
  'idle' | 'connecting' | 'listening' | 'hearing' | 'thinking' | 'speaking' | 'muted' | 'reconnecting' | 'trouble';

/** Everything the screen may know about a running call. */
export interface CallView {
  status: Status;
  isMuted: boolean;
  link: 'closed' | 'connecting' | 'online' | 'waiting' | 'failed';
  /** The answer is being held quieter while we find out whether the user really speaks. */
  isDucked: boolean;
  /** The answer is held silent for the same reason; it goes on at the same sample if it was nobody. */
  isHushed?: boolean;
  /** Nothing was said for as long as the settings allow; the person is asked whether they are there. */
  isAskingWhoIsThere?: boolean;
  /** Place in the upstream's queue, when waiting for one. */
  queued?: { position: number; etaMs: number };
  problem?: Problem;
}

export const IDLE_VIEW: CallView = { status: 'idle', isMuted: false, link: 'closed', isDucked: false };

/** The one projection of the machine's state to what is shown. */
export function toView(state: ConversationState): CallView {
  const { turn, problem } = state;
  const queued = turn.name === 'thinking' ? turn.reply.queued : undefined;
  return {
    status: toStatus(state),
    isMuted: state.mic === 'muted',
    link: state.link,
    isDucked: turn.name === 'ducked',
    ...(turn.name === 'ducked' && turn.isHushed && { isHushed: true }),
    ...(turn.name === 'listening' && turn.isNudged && { isAskingWhoIsThere: true }),
    ...(queued && { queued }),
    ...(problem && { problem }),
  };
}

function toStatus({ turn, mic, link, problem, isEarReady }: ConversationState): Status {
  switch (turn.name) {
    case 'idle':
      return problem ? 'trouble' : 'idle';
    case 'hearing':
    case 'settling':
      return 'hearing';
    case 'thinking':
      return link === 'online' ? 'thinking' : link === 'failed' ? 'trouble' : 'reconnecting';
    case 'speaking':
    case 'ducked':
      // What has arrived may still be playing; more will not come before the line is back.
      return turn.reply.isFinal || turn.reply.problem || link === 'online' ? 'speaking' : 'reconnecting';
    case 'yielding':
      return 'speaking';
    case 'listening':
      if (mic === 'lost' || link === 'failed') return 'trouble';
      if (mic === 'asking' || !isEarReady) return 'connecting';
      return mic === 'muted' ? 'muted' : 'listening';
  }
}
