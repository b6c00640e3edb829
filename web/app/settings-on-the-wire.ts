import type { CallSettings } from '../call/call.messages.ts';
import type { ConversationSetup } from '../conversation/ports.ts';
import type { AppSettings } from '../ui/app-model.ts';
import { withSetup } from '../ui/app-settings.ts';

/** What a call is held with: the person's settings, but as the conversation is set up. */
export function toCallSettings(settings: AppSettings, setup: ConversationSetup): CallSettings {
  const held = withSetup(settings, setup);
  const { theme: _theme, isAnnouncing: _announcing, noiseSuppression: _noise, ...rest } = held;
  const { microphoneId: _mic, speakerId: _speaker, ...call } = rest;
  return call;
}

/** Also names what is not set, so that it goes back to its default. */
export const toPatch = (settings: AppSettings): Record<string, unknown> => ({
  systemPrompt: undefined,
  voice: undefined,
  answerLanguage: undefined,
  translation: undefined,
  temperature: undefined,
  maxTokens: undefined,
  microphoneId: undefined,
  speakerId: undefined,
  gateDb: undefined,
  nudgeAfterMs: undefined,
  ...settings,
});
