import * as v from 'valibot';
import { Settings } from '#protocol';

const deviceId = v.pipe(v.string(), v.maxLength(512));
const wire = Settings.entries;

/** One schema per setting; together they are the whole vocabulary. */
const SCHEMAS = {
  theme: v.picklist(['system', 'light', 'dark']),
  /** Of the browser; empty for its default device. */
  microphoneId: deviceId,
  speakerId: deviceId,
  /** Empty, or absent: what the relay takes by default. */
  systemPrompt: v.nonOptional(wire.systemPrompt),
  voice: v.union([v.literal(''), v.nonOptional(wire.voice)]),
  temperature: wire.temperature,
  maxTokens: wire.maxTokens,
  /** False: only push-to-talk opens a turn. */
  isAutomatic: v.boolean(),
  /** Voice probability that starts an utterance, 0.3 (sensitive) to 0.8. */
  voiceThreshold: v.pipe(v.number(), v.minValue(0.3), v.maxValue(0.8)),
  hasCaptions: v.boolean(),
} as const;

export type SettingKey = keyof typeof SCHEMAS;
export type AppSettings = v.InferOutput<v.ObjectSchema<typeof SCHEMAS, undefined>>;

export const DEFAULT_SETTINGS: AppSettings = {
  theme: 'system',
  microphoneId: '',
  speakerId: '',
  systemPrompt: '',
  voice: '',
  isAutomatic: true,
  voiceThreshold: 0.5,
  hasCaptions: true,
};

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(SCHEMAS, key);

/** Whether `value` may stand under `key`. */
export const isSettingValue = (key: SettingKey, value: unknown): boolean => v.is<v.GenericSchema>(SCHEMAS[key], value);

/** What was stored, with the default in place of everything unknown, damaged or missing: field by field. */
export function parseSettings(stored: Iterable<readonly [key: string, value: unknown]>): AppSettings {
  const known = [...stored].filter(
    ([key, value]) => isSettingKey(key) && value !== undefined && isSettingValue(key, value),
  );
  const merged: unknown = { ...DEFAULT_SETTINGS, ...Object.fromEntries(known) };
  const parsed = v.safeParse(v.object(SCHEMAS), merged);
  return parsed.success ? parsed.output : DEFAULT_SETTINGS;
}
