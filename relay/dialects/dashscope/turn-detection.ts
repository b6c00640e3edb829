import * as v from 'valibot';
import type { TurnDetection } from '../../vad/turn-detection.ts';

const flag = v.nullish(v.boolean());

function within(min: number, max: number) {
  const words = `Supported is ${min} to ${max}.`;
  return v.nullish(v.pipe(v.number(), v.minValue(min, words), v.maxValue(max, words)));
}

/** As clients ask for it; what is left out stays as it is. */
export const DetectionChange = v.object({
  type: v.nullish(v.picklist(['server_vad', 'semantic_vad'])),
  threshold: within(-1, 1),
  prefix_padding_ms: within(0, 10_000),
  silence_duration_ms: within(200, 6_000),
  idle_timeout_ms: within(5_000, 30_000),
  eagerness: v.nullish(v.picklist(['low', 'medium', 'high', 'auto'])),
  create_response: flag,
  interrupt_response: flag,
});
export type DetectionChange = v.InferOutput<typeof DetectionChange>;

/** As a session object shows it, in its order. */
export interface WireDetection {
  type: 'server_vad' | 'semantic_vad';
  threshold: number;
  prefix_padding_ms: number;
  silence_duration_ms: number;
  idle_timeout_ms?: number;
  eagerness?: 'low' | 'medium' | 'high' | 'auto';
  create_response: boolean;
  interrupt_response: boolean;
}

export const DEFAULT_DETECTION: WireDetection = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 800,
  create_response: true,
  interrupt_response: true,
};

/** The next turn detection; after none, and after one of the other kind, it begins with the defaults. */
export function changeDetection(current: WireDetection | undefined, change: DetectionChange): WireDetection {
  const type = change.type ?? current?.type ?? DEFAULT_DETECTION.type;
  const base = current?.type === type ? current : { ...DEFAULT_DETECTION, type };
  const idleTimeoutMs = change.idle_timeout_ms === undefined ? base.idle_timeout_ms : change.idle_timeout_ms;
  const eagerness = change.eagerness ?? base.eagerness ?? 'auto';
  return {
    type,
    threshold: change.threshold ?? base.threshold,
    prefix_padding_ms: change.prefix_padding_ms ?? base.prefix_padding_ms,
    silence_duration_ms: change.silence_duration_ms ?? base.silence_duration_ms,
    ...(type === 'server_vad' && idleTimeoutMs != null && { idle_timeout_ms: idleTimeoutMs }),
    ...(type === 'semantic_vad' && { eagerness }),
    create_response: change.create_response ?? base.create_response,
    interrupt_response: change.interrupt_response ?? base.interrupt_response,
  };
}

export function toTurnDetection(wire: WireDetection): TurnDetection {
  const rules = { createResponse: wire.create_response, interruptResponse: wire.interrupt_response };
  if (wire.type === 'semantic_vad') return { type: 'semantic-vad', eagerness: wire.eagerness ?? 'auto', ...rules };
  return {
    type: 'server-vad',
    threshold: toProbability(wire.threshold),
    prefixPaddingMs: wire.prefix_padding_ms,
    silenceDurationMs: wire.silence_duration_ms,
    ...(wire.idle_timeout_ms !== undefined && { idleTimeoutMs: wire.idle_timeout_ms }),
    ...rules,
  };
}

/**
 * DashScope's scale from -1 to 1 as a probability: its default of 0.5 means ours, and its ends mean as much more or less
 * as is still of use. The 0.2 that its SDK always sends becomes 0.42: passed on as it is, it would take breath for voice.
 */
function toProbability(threshold: number): number {
  const { threshold: middle } = DEFAULT_DETECTION;
  const slope = threshold < middle ? 0.4 / (middle + 1) : 0.4 / (1 - middle);
  return 0.5 + (threshold - middle) * slope;
}
