import type { LiveSettings } from '../session/live/live-settings.ts';
import type { TurnDetection } from '../vad/turn-detection.ts';

/** A turn ends with half a second of silence: the figures that clients of realtime servers are used to. */
export const SERVER_VAD: TurnDetection = {
  ...{ type: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 500 },
  ...{ createResponse: true, interruptResponse: true },
};

/** How our own dialects hold a conversation until they are told otherwise. */
export const defaultSettings = (inputRateHz: number): LiveSettings => ({
  ...{ inputRateHz, turnDetection: SERVER_VAD, transcription: {} },
  ...{ output: 'speech', tools: [], toolChoice: 'auto' },
});
