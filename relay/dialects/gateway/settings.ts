import type { LiveSettings } from '../../session/live/live-settings.ts';
import type { TurnDetection } from '../../vad/turn-detection.ts';
import { defaultSettings, SERVER_VAD } from '../default-settings.ts';
import type { Config } from './client-message.ts';

const SEMANTIC_VAD: TurnDetection = {
  ...{ type: 'semantic-vad', eagerness: 'auto', createResponse: true, interruptResponse: true },
};

/** With null for what was not said. */
export type Held = Required<Omit<Config, 'type'>>;

export function changedSettings(settings: LiveSettings, change: Omit<Config, 'type'>): LiveSettings {
  const { instructions, voice, language, turnDetection } = { ...heldBy(settings), ...change };
  const { turnDetection: _, ...rest } = defaultSettings(settings.inputRateHz);
  return {
    ...rest,
    ...(turnDetection !== 'manual' && { turnDetection: turnDetection === 'server' ? SERVER_VAD : SEMANTIC_VAD }),
    ...(instructions !== null && { instructions }),
    ...(voice !== null && { voice }),
    ...(language !== null && { transcription: { language } }),
  };
}

/** How a session is held, in the dialect's words. */
export function heldBy({ instructions, voice, transcription, turnDetection }: LiveSettings): Held {
  return {
    instructions: instructions ?? null,
    voice: voice ?? null,
    language: transcription?.language ?? null,
    turnDetection: turnDetection ? (turnDetection.type === 'server-vad' ? 'server' : 'semantic') : 'manual',
  };
}
