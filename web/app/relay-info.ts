import * as v from 'valibot';
import type { RelayInfo } from '../ui/app-model.ts';

const PublicConfig = v.object({
  upstream: v.string(),
  model: v.string(),
  hasModel: v.boolean(),
  voices: v.array(v.string()),
  systemPrompt: v.string(),
});

/** Asks the relay this page came from who answers there. Never throws. */
export async function fetchRelayInfo(): Promise<RelayInfo> {
  try {
    const response = await fetch('/config');
    const { upstream, model, hasModel, voices, systemPrompt } = v.parse(PublicConfig, await response.json());
    return {
      state: 'known',
      host: location.host,
      upstream,
      model,
      voices,
      isModelConnected: hasModel,
      defaultPrompt: systemPrompt,
    };
  } catch {
    return { state: 'unreachable' };
  }
}
