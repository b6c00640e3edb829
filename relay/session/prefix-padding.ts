import type { TurnDetection } from '../vad/turn-detection.ts';

/** Where nothing else was asked for: what OpenAI's server takes. */
const DEFAULT_MS = 300;

/** Sound from before the voice that belongs to a turn. */
export const prefixPaddingMs = (detection: TurnDetection | undefined): number =>
  detection?.type === 'server-vad' ? detection.prefixPaddingMs : DEFAULT_MS;
