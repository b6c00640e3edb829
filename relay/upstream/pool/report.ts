import type { BreakerState } from './breaker.ts';
import type { Condition, Server } from './server.ts';

/** What the health page tells of one server. */
export interface ServerReport {
  name: string;
  group: string;
  /** The kind of upstream: `omni-chat`, `cascade`. */
  kind: string;
  model: string;
  state: 'up' | 'down' | 'unknown';
  condition: Condition;
  /** Of the last good health check. */
  latencyMs?: number;
  /** Mean time to the first event of an answer, lately. */
  firstEventMs?: number;
  outstanding: number;
  /** Absent where there is no bound. */
  maxConcurrent?: number;
  breaker: BreakerState;
  /** Code of the last failure. */
  lastProblem?: string;
}

export function toReport(group: string, server: Server): ServerReport {
  const { options, places, health, condition, outstanding, breaker, firstEventMs, lastProblem } = server;
  const { name, upstream } = options;
  return {
    ...{ name, group, kind: upstream.name, model: upstream.model, state: health.state, condition },
    ...(health.latencyMs !== undefined && { latencyMs: Math.round(health.latencyMs * 10) / 10 }),
    ...(firstEventMs !== undefined && { firstEventMs: Math.round(firstEventMs) }),
    outstanding,
    ...(Number.isFinite(places) && { maxConcurrent: places }),
    breaker: breaker.state,
    ...(lastProblem && { lastProblem: lastProblem.kind }),
  };
}
