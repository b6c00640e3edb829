import * as v from 'valibot';
import type { SemanticVad, ServerVad, TurnDetection } from '../../vad/turn-detection.ts';

const milliseconds = (max: number) => v.pipe(v.number(), v.minValue(0), v.maxValue(max));

/** A turn detection as clients write it; what is left out stays as it is. */
export const TurnDetectionChange = v.object({
  type: v.nullish(v.picklist(['server_vad', 'semantic_vad'])),
  create_response: v.nullish(v.boolean()),
  interrupt_response: v.nullish(v.boolean()),
  threshold: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  prefix_padding_ms: v.nullish(milliseconds(10_000)),
  silence_duration_ms: v.nullish(milliseconds(60_000)),
  /** Null turns it off. */
  idle_timeout_ms: v.nullish(v.pipe(v.number(), v.minValue(500), v.maxValue(600_000))),
  eagerness: v.nullish(v.picklist(['low', 'medium', 'high', 'auto'])),
});
export type TurnDetectionChange = v.InferOutput<typeof TurnDetectionChange>;

/** OpenAI's documented ones. */
export const DEFAULT_SERVER_VAD: ServerVad = {
  type: 'server-vad',
  createResponse: true,
  interruptResponse: true,
  threshold: 0.5,
  prefixPaddingMs: 300,
  silenceDurationMs: 500,
};

const DEFAULT_SEMANTIC_VAD: SemanticVad = {
  type: 'semantic-vad',
  createResponse: true,
  interruptResponse: true,
  eagerness: 'auto',
};

/** The next turn detection: a change of kind begins with the defaults of that kind. */
export function changeTurnDetection(current: TurnDetection | undefined, change: TurnDetectionChange): TurnDetection {
  const type = change.type ?? (current?.type === 'semantic-vad' ? 'semantic_vad' : 'server_vad');
  if (type === 'semantic_vad') {
    const base = current?.type === 'semantic-vad' ? current : DEFAULT_SEMANTIC_VAD;
    return { ...common(base, change), type: 'semantic-vad', eagerness: change.eagerness ?? base.eagerness };
  }
  const base = current?.type === 'server-vad' ? current : DEFAULT_SERVER_VAD;
  const idleTimeoutMs = change.idle_timeout_ms === undefined ? base.idleTimeoutMs : change.idle_timeout_ms;
  return {
    ...common(base, change),
    type: 'server-vad',
    threshold: toOpenInterval(change.threshold ?? base.threshold),
    prefixPaddingMs: change.prefix_padding_ms ?? base.prefixPaddingMs,
    silenceDurationMs: change.silence_duration_ms ?? base.silenceDurationMs,
    ...(idleTimeoutMs != null && { idleTimeoutMs }),
  };
}

const common = (base: TurnDetection, change: TurnDetectionChange) => ({
  createResponse: change.create_response ?? base.createResponse,
  interruptResponse: change.interrupt_response ?? base.interruptResponse,
});

/** Clients may ask for 0 and 1, at which everything or nothing would be voice. */
const toOpenInterval = (threshold: number): number => Math.min(0.99, Math.max(0.01, threshold));

/** As the session object has it. Clients decide by `interrupt_response` who stops an answer. */
export function writeTurnDetection(detection: TurnDetection | undefined): unknown {
  if (!detection) return null;
  const rules = { create_response: detection.createResponse, interrupt_response: detection.interruptResponse };
  if (detection.type === 'semantic-vad') return { type: 'semantic_vad', eagerness: detection.eagerness, ...rules };
  return {
    type: 'server_vad',
    threshold: detection.threshold,
    prefix_padding_ms: detection.prefixPaddingMs,
    silence_duration_ms: detection.silenceDurationMs,
    idle_timeout_ms: detection.idleTimeoutMs ?? null,
    ...rules,
  };
}
