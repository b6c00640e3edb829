import type { Config } from './config.ts';
import { createEcho } from './upstream/echo/echo.ts';
import { createOmniChat } from './upstream/omni-chat/omni-chat.ts';
import { probeOmniService } from './upstream/omni-chat/probe.ts';
import type { Upstream } from './upstream/upstream.ts';

export interface Choice {
  upstream: Upstream;
  /** One line for the person who started the relay. */
  line: string;
}

/** Who answers: the configured server, else one found nearby, else the echo, which needs nothing. */
export async function chooseUpstream(service: Config['service']): Promise<Choice> {
  if (service) {
    const { url: baseUrl, model, apiKey } = service;
    const upstream = createOmniChat({ baseUrl, ...(model && { model }), ...(apiKey && { apiKey }) });
    return { upstream, line: `Answers come from ${baseUrl}${model ? ` (${model})` : ''}.` };
  }
  const found = await probeOmniService();
  if (found) {
    const { baseUrl, model } = found;
    return {
      upstream: createOmniChat({ baseUrl, model }),
      line: `Answers come from ${baseUrl} (${model}), found on this machine; OMNI_SERVICE_URL sets another.`,
    };
  }
  return {
    upstream: createEcho(),
    line: 'No model server found: Earshot plays back what it hears. Set OMNI_SERVICE_URL (and OMNI_MODEL) to connect one.',
  };
}
