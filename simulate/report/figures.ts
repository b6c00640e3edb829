import type { CallRecord } from '../call/run-call.ts';
import type { CallerSpan } from '../callers/caller.ts';
import { agentSpans, overlapMs, type Span } from './agent-spans.ts';

/** Single values, not summaries: figures of several calls are put together before they are summed up. */
export interface Figures {
  /** Of the line. */
  durationMs: number;
  wallMs: number;
  /** Turns the caller took, repeats included. */
  turns: number;
  /** End of the caller's speech to the first sound of the agent, for turns that were answered. */
  responseLatenciesMs: number[];
  /** Turns in which nothing of the agent began before the caller spoke again or hung up. */
  missedTurns: number;
  /** Turns the agent began to speak in before they were over. */
  cutIns: number;
  interruptions: number;
  /** Onset of an interruption to the agent's last sound, where it gave way. */
  yieldTimesMs: number[];
  backchannels: number;
  /** Backchannels the agent fell silent at. */
  falseStops: number;
  /** Both at once. */
  overlapMs: number;
  /** Nobody, for longer than DEAD_AIR_MS: each one. */
  deadAirMs: number[];
}

/** Longer than this people ask whether anybody is there. */
export const DEAD_AIR_MS = 2_000;
/** How long after a backchannel a stop is still its doing: the server has to hear it first. */
const STOPS_WITHIN_MS = 1_000;

const isTurn = ({ kind }: CallerSpan): boolean => kind !== 'backchannel';

export function toFigures(record: CallRecord): Figures {
  const { ticks, spans, tickMs } = record;
  const agent = agentSpans(ticks.map(({ audio }) => audio));
  const durationMs = ticks.length * tickMs;
  const turns = spans.filter(isTurn);
  const answers = turns.map((turn, i) => toAnswer(turn, agent, turns[i + 1]?.startMs ?? durationMs));
  const stopsMs = interruptionsOf(record);
  const interruptions = spokenOver('interruption', spans, agent, stopsMs);
  const backchannels = spokenOver('backchannel', spans, agent, stopsMs);
  return {
    durationMs,
    wallMs: ticks.at(-1)?.wallMs ?? 0,
    turns: turns.length,
    responseLatenciesMs: answers.flatMap((answer) => (typeof answer === 'number' ? answer : [])),
    missedTurns: answers.filter((answer) => answer === 'missed').length,
    cutIns: answers.filter((answer) => answer === 'cut-in').length,
    interruptions: interruptions.length,
    yieldTimesMs: interruptions.flatMap(({ yieldMs }) => yieldMs ?? []),
    backchannels: backchannels.length,
    falseStops: backchannels.filter(({ yieldMs }) => yieldMs !== undefined).length,
    overlapMs: spans.reduce((sum, span) => sum + agent.reduce((ms, heard) => ms + overlapMs(span, heard), 0), 0),
    deadAirMs: deadAir([...spans, ...agent]),
  };
}

/** The latency, in milliseconds, of the answer to one turn. */
function toAnswer(turn: CallerSpan, agent: readonly Span[], untilMs: number): number | 'missed' | 'cut-in' {
  const begun = agent.find(({ startMs }) => startMs > turn.startMs && startMs < untilMs);
  if (!begun) return 'missed';
  return begun.startMs < turn.endMs ? 'cut-in' : begun.startMs - turn.endMs;
}

interface Over {
  /** Undefined if the agent went on. */
  yieldMs: number | undefined;
}

/** What was said over the agent, and how long that went on if it gave way. */
function spokenOver(
  kind: CallerSpan['kind'],
  spans: readonly CallerSpan[],
  agent: readonly Span[],
  stopsMs: readonly number[],
): Over[] {
  return spans.flatMap((span): Over[] => {
    if (span.kind !== kind) return [];
    const isHeard = agent.some(({ startMs, endMs }) => startMs <= span.startMs && endMs > span.startMs);
    const stopMs = stopsMs.find((ms) => ms >= span.startMs && ms <= span.endMs + STOPS_WITHIN_MS);
    if (stopMs === undefined) return isHeard ? [{ yieldMs: undefined }] : [];
    // Broken off between two words, it was silent already.
    const lastMs = agent.findLast(({ startMs }) => startMs <= stopMs)?.endMs ?? span.startMs;
    return [{ yieldMs: Math.max(0, lastMs - span.startMs) }];
  });
}

/** When the agent was broken off, by the tick in which it was told. */
function interruptionsOf({ ticks, tickMs }: CallRecord): number[] {
  return ticks.flatMap(({ interrupted, events }, i) => {
    if (!interrupted) return [];
    return events.find(({ kind }) => kind === 'speech-started')?.atMs ?? i * tickMs;
  });
}

/** Between the first sound and the last. */
function deadAir(spans: readonly Span[]): number[] {
  const gaps: number[] = [];
  let heardMs = Infinity;
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    if (startMs - heardMs > DEAD_AIR_MS) gaps.push(startMs - heardMs);
    heardMs = heardMs === Infinity ? endMs : Math.max(heardMs, endMs);
  }
  return gaps;
}
