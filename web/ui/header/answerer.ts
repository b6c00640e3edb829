import type { RelayInfo } from '../app-model.ts';
import type { Turn } from '../../conversation/turn-log.ts';
import type { CallView } from '../../conversation/status.ts';

/** Who answers, as far as it is known at this moment. */
export type Answerer =
  { kind: 'asking' } | { kind: 'unreachable' } | { kind: 'echo' } | { kind: 'model'; model: string; upstream: string };

/**
 * While a call runs, whoever gave the last answer is a fact and beats what the relay announced earlier: it may have
 * moved on to another server since.
 */
export function toAnswerer(relay: RelayInfo, call: CallView, turns: readonly Turn[]): Answerer {
  const reply = call.status === 'idle' ? undefined : turns.at(-1)?.reply;
  if (reply)
    return reply.upstream === 'echo'
      ? { kind: 'echo' }
      : { kind: 'model', model: reply.model, upstream: reply.upstream };
  if (relay.state !== 'known') return { kind: relay.state };
  return relay.isModelConnected ? { kind: 'model', model: relay.model, upstream: relay.upstream } : { kind: 'echo' };
}
