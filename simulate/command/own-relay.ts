import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/relay/main.js', import.meta.url));

export interface OwnRelay {
  /** `ws://127.0.0.1:…`, without a path. */
  origin: string;
  /** What it says about who answers. */
  line: string;
  stop(): void;
}

/** The built relay as a process of its own, on a free port, answering from whatever the environment names. */
export async function startOwnRelay(env: NodeJS.ProcessEnv): Promise<OwnRelay> {
  const relay = spawn(process.execPath, [PROGRAM], {
    env: { ...env, PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = (): void => void relay.kill();
  // It does not outlive the command; a signal by itself would end this process without an exit.
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const lines: string[] = [];
  for await (const line of createInterface({ input: relay.stdout })) {
    lines.push(line);
    const port = /http:\/\/[^:]+:(\d+)/.exec(lines[0] ?? '')?.[1];
    if (port !== undefined && lines.length === 2) return { origin: `ws://127.0.0.1:${port}`, line, stop };
  }
  throw new Error('the relay ended before it was ready');
}
