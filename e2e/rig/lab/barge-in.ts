import type { Measure, ScenarioResult } from '../result.ts';
import type { OverlapCall } from '../corpus/over-the-answer.ts';
import { toMs } from '../corpus/recorded-call.ts';
import { toRate } from '../statistics.ts';
import type { Heard } from '../../../web/conversation/events.ts';
import type { Policy } from '../../../web/conversation/policy.ts';
import { ConversationRun } from './conversation-run.ts';
import type { Line } from './line.ts';

/** What an answer did while somebody made a sound over it. Times in ms after the onset, at the ear. */
export interface Reaction {
  /** It stepped back. */
  duckMs?: number;
  /** The same, after the first frame with voice had reached the page. */
  duckAfterFrameMs?: number;
  /** Its last sound, if it gave way for good. */
  stopMs?: number;
  /** It stood still, whether or not it gave way then. */
  isHushed: boolean;
  /** Back at its full level so long after the end of the sound; 0 if it was so before. */
  backMs?: number;
}

const ANSWER_MS = 60_000;
/** Silero's own threshold of voice. */
const VOICE = 0.5;

export function react(call: OverlapCall, heard: readonly Heard[], line: Line, policy: Partial<Policy> = {}): Reaction {
  const startMs = call.assistant?.startMs ?? 0;
  const run = new ConversationRun({ line, policy, assistant: { startMs, durationMs: ANSWER_MS } });
  for (const frame of heard) run.hear(frame);
  const since = run.commands.filter(({ atMs }) => atMs >= call.onsetMs);
  const at = (type: string): number | undefined => since.find(({ command }) => command.type === type)?.atMs;
  const [duckMs, stopMs] = [at('play.duck'), at('play.stop')];
  const back = since.findLast(({ command }) => command.type === 'play.restore');
  const rampMs = back?.command.type === 'play.restore' ? back.command.rampMs : 0;
  const voiceMs = toMs(
    heard.find(({ probability, endSample }) => probability >= VOICE && toMs(endSample) > call.onsetMs)?.endSample ??
      NaN,
  );
  run.playback.finish();
  const silentFromMs = stopMs === undefined ? Infinity : stopMs + line.playbackMs;
  const lastMs = run.playback.soundings.findLast(({ fromMs }) => fromMs < silentFromMs)?.toMs ?? NaN;
  return {
    isHushed: at('play.pause') !== undefined,
    ...(duckMs !== undefined && { duckMs: duckMs + line.playbackMs - call.onsetMs }),
    ...(duckMs !== undefined && voiceMs > 0 && { duckAfterFrameMs: duckMs + line.playbackMs - voiceMs }),
    ...(stopMs !== undefined && { stopMs: lastMs - call.onsetMs }),
    ...(back && stopMs === undefined && { backMs: Math.max(0, back.atMs + rampMs + line.playbackMs - call.offsetMs) }),
  };
}

/** Words over the answer: they must be given the floor, at once. */
export function measureBargeIns(reactions: readonly Reaction[]): ScenarioResult {
  const measures: Measure[] = [
    {
      name: 'caught',
      unit: '%',
      values: toRate(reactions.map(({ stopMs }) => stopMs !== undefined)),
      bar: { of: 'rate', atLeast: 95 },
    },
    { name: 'duck after onset', unit: 'ms', values: reactions.flatMap(({ duckMs }) => duckMs ?? []) },
    {
      name: 'duck',
      unit: 'ms',
      values: reactions.flatMap(({ duckAfterFrameMs }) => duckAfterFrameMs ?? []),
      bar: { of: 'p95', atMost: 80 },
    },
    {
      name: 'stop',
      unit: 'ms',
      values: reactions.flatMap(({ stopMs }) => stopMs ?? []),
      bar: { of: 'p95', atMost: 300 },
    },
  ];
  return {
    scenario: 'barge-in',
    subject: 'earshot',
    where: 'lab',
    measures,
    notes: [
      'Headphones: nothing of the answer comes back. Duck: after the first frame with voice has reached the page. Stop: after the labelled onset.',
    ],
  };
}

/**
 * Sounds over the answer that want nothing: it must not give way, and be back soon. The bar is for all kinds that have
 * one, taken together.
 */
export function measureUnwanted(kind: string, reactions: readonly Reaction[], hasBar: boolean): ScenarioResult {
  const falseStops = toRate(reactions.map(({ stopMs }) => stopMs !== undefined));
  const back = reactions.flatMap(({ backMs }) => backMs ?? []);
  const measures: Measure[] = [
    { name: 'false stops', unit: '%', values: falseStops, ...(hasBar && { bar: { of: 'rate', atMost: 5 } }) },
    { name: 'hushes', unit: '%', values: toRate(reactions.map(({ isHushed }) => isHushed)) },
    { name: 'ducks', unit: '%', values: toRate(reactions.map(({ duckMs }) => duckMs !== undefined)) },
    { name: 'back at full level', unit: 'ms', values: back, ...(hasBar && { bar: { of: 'p95', atMost: 400 } }) },
  ];
  return { scenario: `over the answer: ${kind}`, subject: 'earshot', where: 'lab', measures };
}
