import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runScript } from './run.mjs';

/** Everything that ends up in dist/, and what decides how. */
const SOURCES = ['web', 'relay', 'kernel', 'dsp', 'models', 'public', 'package-lock.json', 'package.json'];
const CONFIGS = ['vite.config.ts', 'vite.relay.config.ts'];

/** Its time is that of the sources in dist/: the moment the build began, so edits made meanwhile count as newer. */
const STAMP = join(ROOT, 'dist/.built');

const BUILDS = [
  { name: 'web', args: ['build'] },
  { name: 'relay', args: ['build', '--config', 'vite.relay.config.ts'] },
];

/**
 * The newest change below the paths. Folders count too, as their time is the only trace of a deleted file.
 *
 * @param {readonly string[]} paths absolute; missing ones are passed over
 * @returns {number} milliseconds since 1970
 */
export function newestChangeMs(paths) {
  let newestMs = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    newestMs = Math.max(newestMs, stat.mtimeMs);
    if (stat.isDirectory()) {
      newestMs = Math.max(newestMs, newestChangeMs(readdirSync(path).map((name) => join(path, name))));
    }
  }
  return newestMs;
}

function isBuilt() {
  const stamp = statSync(STAMP, { throwIfNoEntry: false });
  const outputs = ['dist/web/index.html', 'dist/relay/main.js'].map((path) => join(ROOT, path));
  const areThere = outputs.every((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  if (stamp === undefined || !areThere) return false;
  return newestChangeMs([...SOURCES, ...CONFIGS].map((path) => join(ROOT, path))) < stamp.mtimeMs;
}

/**
 * Builds the web app and the relay when dist/ is missing or older than the sources.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<{ ok: true } | { ok: false, output: string }>} the failed build's output
 */
export async function ensureBuilt(say) {
  if (isBuilt()) return { ok: true };
  const startedMs = Date.now();
  for (const { name, args } of BUILDS) {
    say(`Building the ${name === 'web' ? 'web app' : 'relay'}`);
    const { code, output } = await runScript('node_modules/vite/bin/vite.js', [...args, '--logLevel', 'warn']);
    if (code !== 0) return { ok: false, output };
  }
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(STAMP, '');
  utimesSync(STAMP, new Date(startedMs), new Date(startedMs));
  return { ok: true };
}
