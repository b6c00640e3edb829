import { serverName } from './config/upstreams-file.ts';
import type { ServerConfig, UpstreamsConfig } from './config/upstreams-schema.ts';
import type { MetricsPage } from './observe/server-figures.ts';

/** Where the configured servers would tell of their load; those in the cloud tell strangers nothing. */
export function metricsPagesOf(config: UpstreamsConfig | undefined): MetricsPage[] {
  const groups = config?.groups.filter(({ cloud }) => !cloud) ?? [];
  return groups.flatMap((group) =>
    group.servers.flatMap((server, i) => {
      const address = addressOf(server);
      return address === undefined ? [] : [{ server: serverName(group, i), url: pageOf(address) }];
    }),
  );
}

/** Of a cascade it is its chat model that is worth a GPU. */
function addressOf(server: ServerConfig): string | undefined {
  switch (server.kind) {
    case 'omni-chat':
      return server.url;
    case 'cascade':
      return server.chat.url;
    case 'omni-realtime':
    case 'echo':
      return undefined;
  }
}

/** Beside `/v1`, where vLLM, llama.cpp and their kin have it. */
const pageOf = (address: string): string => `${address.replace(/\/+$/, '').replace(/\/v1$/, '')}/metrics`;
