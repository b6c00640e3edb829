import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ensureBuilt } from './lib/build.mjs';
import { firstLoad } from './lib/bundle-size.mjs';
import { ROOT } from './lib/run.mjs';

// What a first visit may cost, measured on the built files, compressed as the relay sends them.

const WEB = join(ROOT, 'dist/web');
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

const built = await ensureBuilt(say);
if (!built.ok) {
  say(built.output);
  process.exit(1);
}

const budgets = JSON.parse(readFileSync(join(ROOT, 'budgets.json'), 'utf8'));
const manifest = JSON.parse(readFileSync(join(WEB, '.vite/manifest.json'), 'utf8'));
const { scripts, styles } = firstLoad(manifest, readFileSync(join(WEB, 'index.html'), 'utf8'));
const worklets = readdirSync(join(WEB, 'assets')).filter((name) => /\.worklet-.*\.js$/.test(name));

const rows = [
  { name: 'first load, scripts', kb: gzipKb(scripts), budgetKb: budgets.firstLoadJsGzipKb },
  { name: 'first load, styles', kb: gzipKb(styles), budgetKb: Infinity },
  ...worklets.map((name) => ({ name, kb: gzipKb([`assets/${name}`]), budgetKb: budgets.workletGzipKb })),
];

for (const { name, kb, budgetKb } of rows) {
  const limit = budgetKb === Infinity ? '' : ` of ${budgetKb} kB`;
  say(`${kb > budgetKb ? 'OVER' : 'ok  '}  ${name.padEnd(40)} ${kb.toFixed(1)}${limit || ' kB'} gzip`);
}
// Without them the check would be measuring something else than the product.
const isComplete = scripts.length > 0 && worklets.length > 0;
if (!isComplete) say('No entry script or no worklet found in dist/web');
process.exit(isComplete && rows.every(({ kb, budgetKb }) => kb <= budgetKb) ? 0 : 1);

/** @param {readonly string[]} paths */
function gzipKb(paths) {
  return paths.reduce((total, path) => total + gzipSync(readFileSync(join(WEB, path))).length, 0) / 1000;
}
