import type { Connect } from './agent-client.ts';
import { GatewayClient } from './gateway/gateway-client.ts';
import { RealtimeClient } from './realtime/realtime-client.ts';
import { DASHSCOPE, OPENAI, OPENAI_BETA } from './realtime/realtime-wire.ts';

export const DIALECTS = {
  openai: (options) => RealtimeClient.connect(OPENAI, options),
  'openai-beta': (options) => RealtimeClient.connect(OPENAI_BETA, options),
  dashscope: (options) => RealtimeClient.connect(DASHSCOPE, options),
  gateway: (options) => GatewayClient.connect(options),
} satisfies Record<string, Connect>;

export type Dialect = keyof typeof DIALECTS;

export const isDialect = (name: string): name is Dialect => Object.hasOwn(DIALECTS, name);

/** The dialect spoken at an address, by its path; undefined where the path says nothing. */
export function dialectOf(url: URL): Dialect | undefined {
  const path = url.pathname.replace(/\/$/, '');
  if (path.endsWith('/api-ws/v1/realtime')) return 'dashscope';
  if (path.endsWith('/v1/realtime') || path.endsWith('/realtime')) return 'openai';
  if (path.endsWith('/voice')) return 'gateway';
  return undefined;
}

/** Where Earshot's own relay speaks each of them. */
export const OWN_RELAY_PATHS: Record<Dialect, string> = {
  openai: '/v1/realtime',
  'openai-beta': '/v1/realtime',
  dashscope: '/api-ws/v1/realtime?model=qwen3-omni-flash-realtime',
  gateway: '/voice',
};
