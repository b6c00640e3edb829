import { LIMITS } from '#protocol/limits';
import type { ConversationSetup } from '../conversation/ports.ts';
import type { AppSettings } from './app-model.ts';

export const DEFAULT_SETTINGS: AppSettings = {
  isAutomatic: true,
  voiceThreshold: 0.5,
  noiseSuppression: 'browser',
  duplex: 'full',
  hasCues: true,
  stopPhrases: [],
  usesEndOfTurnModel: true,
  theme: 'system',
  isAnnouncing: true,
};

/** Bounds of the wire and of the voice model's useful range; the inputs are made from them. */
export const SETTING_RANGES = {
  voiceThreshold: { min: 0.3, max: 0.8, step: 0.05 },
  gateDb: { min: -70, max: -20, step: 1 },
  nudgeAfterMs: { min: 5_000, max: 120_000, step: 5_000 },
  temperature: { min: 0, max: 2, step: 0.1 },
  maxTokens: { min: 1, max: 8192, step: 1 },
} as const;

const LANGUAGE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/;
const VOICE_NAME = /^[\p{L}\p{N} ._-]{1,64}$/u;

/** Settings kept by an earlier version, or by anybody: what is valid is taken, the rest is the default. */
export function parseAppSettings(stored: unknown): AppSettings {
  const raw: Record<string, unknown> = isRecord(stored) ? stored : {};
  const temperature = numberIn(raw['temperature'], SETTING_RANGES.temperature);
  const maxTokens = numberIn(raw['maxTokens'], SETTING_RANGES.maxTokens);
  const microphoneId = textIn(raw['microphoneId'], 512);
  const speakerId = textIn(raw['speakerId'], 512);
  const gateDb = numberIn(raw['gateDb'], SETTING_RANGES.gateDb);
  const nudgeAfterMs = numberIn(raw['nudgeAfterMs'], SETTING_RANGES.nudgeAfterMs);
  const noiseSuppression = raw['noiseSuppression'];
  const theme = raw['theme'];
  return {
    isAutomatic: raw['isAutomatic'] !== false,
    voiceThreshold: numberIn(raw['voiceThreshold'], SETTING_RANGES.voiceThreshold) ?? DEFAULT_SETTINGS.voiceThreshold,
    noiseSuppression: noiseSuppression === 'strong' || noiseSuppression === 'off' ? noiseSuppression : 'browser',
    duplex: raw['duplex'] === 'half' ? 'half' : 'full',
    hasCues: raw['hasCues'] !== false,
    stopPhrases: toPhrases(raw['stopPhrases']),
    usesEndOfTurnModel: raw['usesEndOfTurnModel'] !== false,
    ...(gateDb !== undefined && { gateDb }),
    ...(nudgeAfterMs !== undefined && { nudgeAfterMs }),
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    isAnnouncing: raw['isAnnouncing'] !== false,
    ...toSetup(raw),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens: Math.round(maxTokens) }),
    ...(microphoneId !== undefined && { microphoneId }),
    ...(speakerId !== undefined && { speakerId }),
  };
}

/** How a conversation is held, out of settings or of anything: what is valid of it. */
export function toSetup(raw: Readonly<Record<string, unknown>> | ConversationSetup): ConversationSetup {
  const fields: Record<string, unknown> = { ...raw };
  const systemPrompt = textIn(fields['systemPrompt'], LIMITS.maxPromptChars);
  const voice = textIn(fields['voice'], 64);
  const answerLanguage = fields['answerLanguage'];
  const translation = toTranslation(fields['translation']);
  return {
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(voice !== undefined && VOICE_NAME.test(voice) && { voice }),
    ...((answerLanguage === 'mirror' || isLanguage(answerLanguage)) && { answerLanguage }),
    ...(translation && { translation }),
  };
}

/** The settings with another way to hold conversations that have not begun yet. */
export function withSetup(settings: AppSettings, setup: ConversationSetup): AppSettings {
  const { systemPrompt: _prompt, voice: _voice, answerLanguage: _language, translation: _pair, ...rest } = settings;
  return parseAppSettings({ ...rest, ...setup });
}

/** The settings with one of them changed; `undefined` goes back to the default of whoever answers. */
export function withSetting<K extends keyof AppSettings>(
  settings: AppSettings,
  key: K,
  value: AppSettings[K] | undefined,
): AppSettings {
  const { [key]: _previous, ...rest } = settings;
  return parseAppSettings(value === undefined ? rest : { ...rest, [key]: value });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isLanguage = (value: unknown): value is string => typeof value === 'string' && LANGUAGE.test(value);

function toTranslation(value: unknown): ConversationSetup['translation'] {
  const languages = isRecord(value) ? value['languages'] : undefined;
  if (!Array.isArray(languages) || languages.length !== 2) return undefined;
  const [one, other]: unknown[] = languages;
  return isLanguage(one) && isLanguage(other) && one !== other ? { languages: [one, other] } : undefined;
}

export const MAX_STOP_PHRASES = 20;
export const MAX_STOP_PHRASE_CHARS = 40;

function toPhrases(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const phrases = value.flatMap((each: unknown) => textIn(each, MAX_STOP_PHRASE_CHARS)?.trim() ?? []);
  return [...new Set(phrases)].slice(0, MAX_STOP_PHRASES);
}

function textIn(value: unknown, maxChars: number): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxChars ? value : undefined;
}

function numberIn(value: unknown, { min, max }: { min: number; max: number }): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}
