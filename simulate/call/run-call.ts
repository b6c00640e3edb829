import type { DiscreteTimeAgent, Tick } from '../adapter/discrete-time-agent.ts';
import type { Caller, CallerSpan } from '../callers/caller.ts';
import type { LineSound } from '../sound/line.ts';

/** A call as it was: both sides by the tick, on one timeline of sound. */
export interface CallRecord {
  tickMs: number;
  ticks: CallTick[];
  spans: readonly CallerSpan[];
  ended: 'done' | 'hung-up' | 'closed-by-server' | 'too-long';
}

export interface CallTick extends Tick {
  caller: LineSound;
  doing: string;
  /** When it ended on the clock of the wall, since the call began. */
  wallMs: number;
}

/** Longer than any call ought to be. */
const DEFAULT_MAX_MS = 30 * 60_000;

/** Holds the call until the caller is done, gives up or is hung up on. Closing the agent is left to whoever opened it. */
export async function runCall(agent: DiscreteTimeAgent, caller: Caller, maxMs = DEFAULT_MAX_MS): Promise<CallRecord> {
  const ticks: CallTick[] = [];
  const fromMs = performance.now();
  let isClosed = false;
  while (!caller.isOver && !isClosed && agent.nowMs < maxMs) {
    const { audio, ...pace } = caller.speak(agent.tickSamples);
    const doing = caller.doing;
    const tick = await agent.runTick(audio, pace);
    caller.hear(tick.audio);
    ticks.push({ ...tick, caller: audio, doing, wallMs: performance.now() - fromMs });
    isClosed = tick.events.some(({ kind }) => kind === 'closed');
  }
  const ended = isClosed
    ? 'closed-by-server'
    : caller.doing === 'done' || caller.doing === 'hung-up'
      ? caller.doing
      : 'too-long';
  return { tickMs: agent.tickMs, ticks, spans: caller.spans, ended };
}
