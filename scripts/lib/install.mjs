import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runScript } from './run.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }> }} Lock */

/**
 * Whether what npm wrote down as installed is what the lockfile asks for. Compares contents, not times: a fresh
 * checkout touches the lockfile without changing it, and reinstalling takes a minute.
 *
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json, which leaves out optional packages of other platforms
 */
export function isSameInstall(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version;
  });
}

/** @returns {boolean} */
function isInstalled() {
  const read = (/** @type {string} */ path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  try {
    return isSameInstall(read('package-lock.json'), read('node_modules/.package-lock.json'));
  } catch {
    return false;
  }
}

/**
 * Installs the dependencies when they are missing or not those of the lockfile.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<boolean>} false when npm failed; its own output has told why
 */
export async function ensureInstalled(say) {
  if (isInstalled()) return true;
  say('Installing dependencies (npm ci)');
  // The tools that build and test are development dependencies, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const { code } = npm?.endsWith('.js')
    ? await runScript(npm, args, { live: true })
    : await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { live: true });
  return code === 0;
}
