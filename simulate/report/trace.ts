import type { CallRecord } from '../call/run-call.ts';
import type { CallerSpan } from '../callers/caller.ts';
import type { Scenario } from '../callers/scenario.ts';
import type { TimedEvent } from '../dialects/agent-event.ts';
import type { Figures } from './figures.ts';

/** Raised when a reader of the old one would misunderstand the new one. */
export const TRACE_FORMAT = 'earshot-simulation-1';

/** How a call was held. Holds no key: queries and passwords of addresses are left out. */
export interface CallSettings {
  server: string;
  dialect: string;
  tickMs: number;
  pace: 'real' | 'fast';
  speed: number;
  seed: number;
  turns: number;
  /** What spoke for the caller. */
  voice: string;
  scenario: Scenario;
}

/** Everything about a call but its sound, which is in the WAV file. Times count the sound of the line. */
export interface Trace {
  format: typeof TRACE_FORMAT;
  startedAt: string;
  settings: CallSettings;
  ended: CallRecord['ended'];
  figures: Figures;
  spans: readonly CallerSpan[];
  ticks: TraceTick[];
}

export interface TraceTick {
  /** The beginning of the tick. */
  atMs: number;
  /** Its end on the clock of the wall, since the call began. */
  wallMs: number;
  /** What the caller is doing. */
  caller: string;
  /** Sound of the agent that was played in it, and that is left for later. */
  soundMs: number;
  bufferedMs: number;
  transcript?: string;
  interrupted?: true;
  events?: TimedEvent[];
}

export function toTrace(record: CallRecord, settings: CallSettings, figures: Figures, startedAt: string): Trace {
  const ticks = record.ticks.map((tick, i): TraceTick => {
    const { wallMs, doing, soundMs, bufferedMs, transcript, interrupted, events } = tick;
    return {
      atMs: i * record.tickMs,
      wallMs: Math.round(wallMs),
      caller: doing,
      soundMs: Math.round(soundMs),
      bufferedMs: Math.round(bufferedMs),
      ...(transcript !== '' && { transcript }),
      ...(interrupted && { interrupted }),
      ...(events.length > 0 && { events }),
    };
  });
  return { format: TRACE_FORMAT, startedAt, settings, ended: record.ended, figures, spans: record.spans, ticks };
}

/** An address without whatever may be secret in it. */
export const withoutSecrets = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
