import { toConfirmMs } from '#models/end-of-turn/confirm-time';
import type { Pauses } from '#models/end-of-turn/pauses';
import { TURN_TUNING } from '#models/end-of-turn/turn-tuning';
import type { SemanticVad, TurnDetection } from './turn-detection.ts';

/** Turn detection as the machine needs it. */
export interface TurnRules {
  /** Probability from which a frame holds voice, in (0, 1). */
  threshold: number;
  /** Silence after which the turn may be over. */
  pauseMs: number;
  /** Whether it helps to ask the end-of-turn model then. */
  asksModel: boolean;
  /** Silence after which it is over. `judged`: what the model makes of the pause, 0.5 being its threshold. */
  stopMs(pauses: Pauses, judged: number | undefined): number;
}

interface Patience {
  /** Never longer, whatever the model thinks: the limits OpenAI documents for its semantic detection. */
  maxMs: number;
  /** Of the silence the browser would wait. */
  factor: number;
}

const PATIENCE: Record<SemanticVad['eagerness'], Patience> = {
  low: { maxMs: 8_000, factor: 2 },
  medium: { maxMs: 4_000, factor: 1 },
  auto: { maxMs: 4_000, factor: 1 },
  high: { maxMs: 2_000, factor: 0.7 },
};

export function toTurnRules(detection: TurnDetection): TurnRules {
  if (detection.type === 'semantic-vad') return { ...SEMANTIC, stopMs: toSemanticStop(PATIENCE[detection.eagerness]) };
  const { threshold, silenceDurationMs } = detection;
  return {
    threshold,
    pauseMs: Math.min(TURN_TUNING.speculateMs, silenceDurationMs),
    asksModel: false,
    stopMs: () => silenceDurationMs,
  };
}

const SEMANTIC = { threshold: TURN_TUNING.voiceOn, pauseMs: TURN_TUNING.speculateMs, asksModel: true };

function toSemanticStop({ maxMs, factor }: Patience): TurnRules['stopMs'] {
  const bounds = { ...TURN_TUNING, unsureMs: maxMs / factor };
  return (pauses, judged) => Math.min(maxMs, factor * toConfirmMs(bounds, pauses, judged));
}
