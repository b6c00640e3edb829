import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../fixtures/test.ts';

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));

const running = new Set<ChildProcess>();
// Also when an expectation failed half-way: the start command passes the signal on to its relay.
test.afterEach(() => running.forEach((child) => child.kill('SIGTERM')));

/** Runs the start command until it ends, or until it has printed what is waited for. */
async function start(env: Record<string, string>, until?: RegExp) {
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  running.add(child);
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (until?.test(output)) resolve();
    });
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    void exited.then(() => resolve());
  });
  return { child, exited, output: () => output, errors: () => errors };
}

/** What went wrong, without the lines that tell of a build. */
const complaints = (errors: string): string[] =>
  errors
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('Building'));

test('npm start serves on the loopback, says where and who answers, and stops cleanly', async ({ gpu }) => {
  test.setTimeout(90_000);
  const startedMs = Date.now();
  const started = await start({ PORT: '0', OMNI_SERVICE_URL: gpu.baseUrl }, /http:.*\n.*\n/);
  expect(Date.now() - startedMs).toBeLessThan(60_000);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(started.output())?.[0] ?? '';
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
  expect(started.output()).toContain(gpu.baseUrl);
  started.child.kill('SIGINT');
  expect(await started.exited).toBe(0);
});

test('npm start without a model says so, and how to connect one', async () => {
  const started = await start({ PORT: '0' }, /http:.*\n.*\n/);
  expect(started.output()).toMatch(/no model/i);
  expect(started.output()).toContain('OMNI_SERVICE_URL');
  started.child.kill('SIGTERM');
  expect(await started.exited).toBe(0);
});

const MISTAKES = [
  { what: 'a port that is no number', env: { PORT: 'seven' }, says: /PORT/ },
  { what: 'an address that is none', env: { OMNI_SERVICE_URL: 'gpu' }, says: /OMNI_SERVICE_URL/ },
  { what: 'a public address without the names it may be reached by', env: { HOST: '0.0.0.0' }, says: /ALLOWED_HOSTS/ },
];

for (const { what, env, says } of MISTAKES) {
  test(`${what} is one clear line and a non-zero exit`, async () => {
    const failed = await start({ PORT: '0', ...env });
    expect(await failed.exited).not.toBe(0);
    expect(complaints(failed.errors())).toEqual([expect.stringMatching(says)]);
  });
}

test('a port in use is one clear line and a non-zero exit', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const failed = await start({ PORT: port });
  other.close();
  expect(await failed.exited).not.toBe(0);
  expect(complaints(failed.errors())).toEqual([expect.stringContaining(port)]);
});
