import { BetaConversation } from './beta-conversation.ts';
import { browserClient, type BrowserClientOptions } from './browser-client.ts';
import type { VoiceClient } from './voice-client.ts';

/** What apps written for the beta still ask for, whatever the server has. */
export const BETA_MODEL = 'gpt-4o-realtime-preview-2024-10-01';

export interface StrictBetaClient extends VoiceClient {
  readonly conversation: BetaConversation;
}

/** A page's app of the beta's time, which believes every event and breaks on the first that is out of order. */
export function strictBetaClient(options: Omit<BrowserClientOptions, 'vocabulary' | 'model'>): StrictBetaClient {
  const conversation = new BetaConversation();
  const client = browserClient({
    ...options,
    vocabulary: 'beta',
    model: BETA_MODEL,
    onEvent: (event) => conversation.apply(event),
  });
  return { ...client, conversation };
}
