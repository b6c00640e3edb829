import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { RELAY_FLAGS } from './lib/relay-flags.mjs';
import { ROOT } from './lib/run.mjs';

// One command from a fresh clone to a running relay. Node built-ins only: nothing is installed yet when it starts.

/** Ctrl-C under npm arrives twice, from the terminal and from npm; the relay would take the second for impatience. */
const SAME_SIGNAL_WITHIN_MS = 500;

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

requireNode();
if (!(await ensureInstalled(say))) process.exit(1);
const built = await ensureBuilt(say);
if (!built.ok) {
  say(built.output);
  say('The build failed.');
  process.exit(1);
}

const relay = spawn(process.execPath, [...RELAY_FLAGS, join(ROOT, 'dist/relay/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // Its own group, so that it gets the terminal's signals only once, from here.
  detached: process.platform !== 'win32',
});

let lastSignalMs = -Infinity;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    const nowMs = performance.now();
    if (nowMs - lastSignalMs > SAME_SIGNAL_WITHIN_MS) relay.kill(signal);
    lastSignalMs = nowMs;
  });
}

relay.once('error', (error) => {
  say(`The relay could not be started: ${error.message}`);
  process.exit(1);
});
relay.once('exit', (code, signal) => {
  process.exit(code ?? (signal === null ? 1 : 128 + constants.signals[signal]));
});
