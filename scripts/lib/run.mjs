import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, whatever folder the command was started from. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Windows has no process groups, so only elsewhere a child leads one that can be ended as a whole. */
const HAS_GROUPS = process.platform !== 'win32';

/**
 * Runs a program to its end with no standard input. Never rejects: a program that cannot start has code 127, one that
 * a signal or the time limit ended has code null.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ live?: boolean, env?: NodeJS.ProcessEnv, limitMs?: number }} [options] `live` passes the output through
 *   instead of keeping it.
 * @returns {Promise<{ code: number | null, output: string, isOverTime: boolean }>}
 */
export function run(command, args, { live = false, env = process.env, limitMs = 600_000 } = {}) {
  return new Promise((done) => {
    const pipe = live ? 'inherit' : 'pipe';
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', pipe, pipe], detached: HAS_GROUPS });
    let output = '';
    let isOverTime = false;
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const stop = () => endGroup(child.pid);
    const timer = setTimeout(() => {
      isOverTime = true;
      stop();
    }, limitMs);
    // The child leads its own group, so Ctrl-C in the terminal reaches only us.
    const interrupt = () => {
      stop();
      process.exit(130);
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    const finish = (/** @type {number | null} */ code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      done({ code, output, isOverTime });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.once('close', finish);
  });
}

/**
 * Runs a program written in JavaScript with this same Node.
 *
 * @param {string} script its path, from the root
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runScript(script, args, options) {
  return run(process.execPath, [resolve(ROOT, script), ...args], options);
}

/** @param {number | undefined} pid */
function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(HAS_GROUPS ? -pid : pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
