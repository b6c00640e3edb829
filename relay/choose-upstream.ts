import type { Logger } from '#kernel/logger';
import { systemClock } from '#kernel/clock';
import type { Config } from './config.ts';
import { serverName } from './config/upstreams-file.ts';
import type { Env, GroupConfig, UpstreamsConfig } from './config/upstreams-schema.ts';
import { createServerClient, type ClosableUpstream } from './create-server.ts';
import { createEcho } from './upstream/echo/echo.ts';
import { createOmniChat } from './upstream/omni-chat/omni-chat.ts';
import { probeOmniService } from './upstream/omni-chat/probe.ts';
import { Pool, type PoolOptions } from './upstream/pool/pool.ts';
import type { ServerReport } from './upstream/pool/report.ts';
import type { ServerOptions } from './upstream/pool/server.ts';
import { Supervisor, type ProcessReport } from './upstream/supervise/supervisor.ts';

export interface UpstreamReport extends ServerReport {
  process?: ProcessReport;
}

export interface Choice {
  upstream: Pool;
  /** One line for the person who started the relay. */
  line: string;
  /** `withLogs`: what the processes we run have printed lately, too. */
  report(show: { withLogs: boolean }): UpstreamReport[];
  /** Begins to look after the servers, and starts those that are ours to run. */
  start(): void;
  /** Stops what `start` began and ends every connection. */
  close(): Promise<void>;
}

interface Parts {
  groups: PoolOptions['groups'];
  supervisors: readonly Supervisor[];
  line: string;
}

/** Who answers: the configured servers, else one found nearby, else the echo, which needs nothing. */
export async function chooseUpstream(config: Config['upstreams'], env: Env, logger: Logger): Promise<Choice> {
  const parts = config && config.groups.length > 0 ? toParts(config, env, logger) : await lookAround();
  const { admission, healthIntervalMs } = config ?? {};
  const pool = new Pool({
    groups: parts.groups,
    logger,
    ...(admission && { admission }),
    ...(healthIntervalMs && { healthIntervalMs }),
  });
  const { supervisors } = parts;
  for (const supervisor of supervisors) supervisor.onUp(() => pool.checkSoon(supervisor.name));
  const processes = new Map(supervisors.map((supervisor) => [supervisor.name, supervisor]));
  return {
    upstream: pool,
    line: parts.line,
    report: ({ withLogs }) =>
      pool.report().map((report) => {
        const process = processes.get(report.name)?.report();
        return process ? { ...report, process: withLogs ? process : { ...process, log: [] } } : report;
      }),
    start: () => {
      for (const supervisor of supervisors) supervisor.start();
      pool.start();
    },
    close: async () => {
      pool.stop();
      const clients = parts.groups.flatMap(({ servers }) => servers.map(({ upstream }): ClosableUpstream => upstream));
      await Promise.all([...supervisors.map((one) => one.stop()), ...clients.map((client) => client.close?.())]);
    },
  };
}

function toParts(config: UpstreamsConfig, env: Env, logger: Logger): Parts {
  const supervisors: Supervisor[] = [];
  const groups = config.groups.map((group) => ({
    name: group.name,
    takesOverflow: group.takesOverflow,
    servers: group.servers.map((server, i): ServerOptions => {
      const { maxConcurrent, weight, warmUp, process } = server;
      const upstream = createServerClient(server, env);
      const name = serverName(group, i);
      if (process) supervisors.push(new Supervisor({ name, process, upstream, clock: systemClock, logger }));
      return { name, upstream, weight, warmsUp: warmUp, ...(maxConcurrent !== undefined && { maxConcurrent }) };
    }),
  }));
  return { groups, supervisors, line: `Answers come from ${config.groups.map(describe).join(', else ')}.` };
}

function describe({ servers }: GroupConfig): string {
  return servers
    .map((server) => {
      if (server.kind === 'echo') return 'the echo';
      if (server.kind === 'cascade')
        return `${server.chat.url} (${server.chat.model}, heard and spoken by other servers)`;
      return `${server.url}${server.model ? ` (${server.model})` : ''}`;
    })
    .join(' and ');
}

async function lookAround(): Promise<Parts> {
  const found = await probeOmniService();
  const options = { weight: 1, warmsUp: false };
  if (found) {
    const { baseUrl, model } = found;
    const server = { name: 'omni-chat', upstream: createOmniChat({ baseUrl, model }) };
    return {
      groups: [{ name: 'found', servers: [{ ...server, ...options }] }],
      supervisors: [],
      line: `Answers come from ${baseUrl} (${model}), found on this machine; OMNI_SERVICE_URL sets another.`,
    };
  }
  return {
    groups: [
      { name: 'echo', servers: [{ name: 'echo', upstream: createEcho(), maxConcurrent: Infinity, ...options }] },
    ],
    supervisors: [],
    line: 'No model server found: Earshot plays back what it hears. Set OMNI_SERVICE_URL (and OMNI_MODEL) to connect one.',
  };
}
