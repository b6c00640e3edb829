import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createOmniChat } from '../omni-chat/omni-chat.ts';
import { Supervisor, type ProcessOptions } from './supervisor.ts';

/** Real processes, a hundred times as impatient. */
const hasty: Clock = {
  nowMs: () => performance.now() * 100,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs / 100);
    return () => clearTimeout(timer);
  },
};

const PORT = 20_000 + (process.pid % 20_000);
const SERVER = `
  const http = require('node:http');
  console.log('loading, key is', process.env.FAKE_API_KEY);
  process.on('SIGTERM', () => { if (!process.argv.includes('--stubborn')) process.exit(0); });
  const dieMs = Number(process.argv.at(-1));
  if (dieMs) setTimeout(() => process.exit(7), dieMs);
  http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/v1/models' ? '{"data":[{"id":"m"}]}' : '{}');
  }).listen(${PORT}, '127.0.0.1');
`;

let supervisor: Supervisor;
let ups = 0;
function supervise(script: string, args: string[] = [], changes: Partial<ProcessOptions> = {}): Supervisor {
  ups = 0;
  supervisor = new Supervisor({
    name: 'gpu',
    process: {
      command: [process.execPath, '-e', script, '--', ...args],
      env: { FAKE_API_KEY: 'canary-key' },
      ...changes,
    },
    upstream: createOmniChat({ baseUrl: `http://127.0.0.1:${PORT}` }),
    ...{ clock: hasty, logger: silentLogger },
  });
  supervisor.onUp(() => ups++);
  supervisor.start();
  return supervisor;
}
afterEach(() => supervisor.stop());

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const pidOf = (): number => supervisor.report().pid ?? 0;
const eventually = { timeout: 15_000, interval: 10 };

describe('a supervised server', { timeout: 40_000 }, () => {
  it('is started, waited for until it answers, and stopped with the relay', async () => {
    supervise(SERVER);
    expect(supervisor.report().state).toBe('starting');
    await expect.poll(() => supervisor.report().state, eventually).toBe('up');
    expect(ups).toBe(1);
    expect(supervisor.report().log).toEqual(['loading, key is •••']);
    const pid = pidOf();
    await supervisor.stop();
    expect([isAlive(pid), supervisor.report().state]).toEqual([false, 'stopped']);
  });

  it('is ended the hard way when it does not heed', async () => {
    supervise(SERVER, ['--stubborn']);
    await expect.poll(() => supervisor.report().state, eventually).toBe('up');
    const pid = pidOf();
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect(supervisor.report().lastExit).toBe('SIGKILL');
  });

  it('comes back after it died, and is announced again', async () => {
    supervise(SERVER);
    await expect.poll(() => ups, eventually).toBe(1);
    process.kill(pidOf(), 'SIGKILL');
    await expect.poll(() => ups, eventually).toBe(2);
    expect(supervisor.report()).toMatchObject({ state: 'up', restarts: 1, lastExit: 'SIGKILL' });
  });

  it('is given up after five restarts, with its last words', async () => {
    supervise('console.error("CUDA out of memory"); process.exit(3)');
    await expect.poll(() => supervisor.report().state, eventually).toBe('failed');
    expect(supervisor.report()).toMatchObject({ restarts: 5, lastExit: '3' });
    expect(supervisor.report().log).toEqual(Array.from({ length: 6 }, () => 'CUDA out of memory'));
  });

  it('that cannot be started says why, and the relay lives', async () => {
    supervise('', [], { command: ['/nonexistent/vllm', 'serve'] });
    await expect.poll(() => supervisor.report().state, eventually).toBe('failed');
    expect(supervisor.report().log.join()).toContain('ENOENT');
  });

  it('that never answers is started again', async () => {
    supervise('setInterval(() => {}, 1e6)', [], { readyMs: 20_000 });
    await expect.poll(() => supervisor.report().restarts, eventually).toBeGreaterThan(0);
    expect(supervisor.report().lastExit).toBe('SIGTERM');
  });

  it('is told its arguments as they are: no shell has seen them', async () => {
    supervise('console.log(process.argv.slice(1).join("|")); setInterval(() => {}, 1e6)', ['$HOME', '`id`', 'a b; c']);
    await expect.poll(() => supervisor.report().log, eventually).toEqual(['$HOME|`id`|a b; c']);
  });
});
