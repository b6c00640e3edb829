import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Logger } from '#kernel/logger';
import { version } from '../package.json';
import { createApp, type App } from './app.ts';
import { chooseUpstream, type Choice } from './choose-upstream.ts';
import { parseConfig, type Config } from './config.ts';
import { createSpeechServers } from './create-speech.ts';
import { createServer } from './http/server.ts';
import { metricsPagesOf } from './metrics-pages.ts';
import { createLogger } from './observe/logger.ts';
import { workerThreads } from './vad/thread.ts';

/** How long running answers may take to finish after the first signal. */
const DRAIN_MS = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One line on what is wrong, on the error output, and out: nobody reads a stack trace for a taken port. */
function giveUp(lines: readonly string[]): never {
  process.stderr.write(lines.map((line) => `earshot: ${line}\n`).join(''));
  process.exit(1);
}

function listen(server: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function whyNotListening(error: NodeJS.ErrnoException, { host, port }: Config): string {
  if (error.code === 'EADDRINUSE') return `port ${port} is in use on ${host}; set PORT to another`;
  if (error.code === 'EACCES') return `port ${port} needs rights this user has not; set PORT to one above 1023`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `HOST ${host} is no address of this machine`;
  return `cannot listen on ${host}:${port} (${error.code ?? error.name})`;
}

/** The first signal lets running answers finish, a second one does not wait. */
function endOnSignal(server: Server, app: App, upstreams: readonly Pick<Choice, 'close'>[], logger: Logger): void {
  let isEnding = false;
  const end = async (signal: string): Promise<void> => {
    if (isEnding) process.exit(0);
    isEnding = true;
    logger.info('relay.draining', { signal });
    server.close();
    await Promise.all([app.registry.drain(DRAIN_MS), app.drainLive(DRAIN_MS)]);
    await app.closeLive();
    server.closeAllConnections();
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    // The close frames just written leave before the process does.
    setTimeout(() => process.exit(0), 100);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));
}

async function main(): Promise<void> {
  const parsed = parseConfig(process.env);
  if (!parsed.ok) giveUp(parsed.problem.map(({ variable, detail }) => `${variable} ${detail}`));
  const config = parsed.value;
  const logger = createLogger(config.logLevel);
  const answers = await chooseUpstream(config.upstreams, process.env, logger);
  const { upstream, line } = answers;
  const speech = createSpeechServers(config.upstreams, process.env);
  const webRoot = fileURLToPath(new URL('../web', import.meta.url));
  // A relay that strangers reach does not show them what its inference processes print.
  const servers = () => answers.report({ withLogs: config.allowedHosts.length === 0 });
  const metricsPages = metricsPagesOf(config.upstreams);
  const startThread = workerThreads(new URL('./vad-worker.js', import.meta.url));
  const parts = { config, upstream, ...speech, servers, metricsPages, startThread };
  const app = createApp({ ...parts, webRoot, version, logger });
  const server = createServer(app);
  const port = await listen(server, config).catch((error: NodeJS.ErrnoException) =>
    giveUp([whyNotListening(error, config)]),
  );
  answers.start();
  speech.start();
  endOnSignal(server, app, [answers, speech], logger);
  const name = config.host.includes(':') ? `[${config.host}]` : config.host;
  say(`Earshot ${version} listens on http://${name}:${port}`);
  say(line);
  logger.info('relay.listening', { host: config.host, port, upstream: upstream.name, version });
}

await main();
