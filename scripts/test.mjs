import { ensureBrowser, ensureSpeech } from './lib/find-browser.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { NOTHING, sum, summaryLine } from './lib/tally.mjs';
import { GROUPS } from './lib/test-groups.mjs';

// Every check of the project, in one command from a fresh clone. Node built-ins only until the install is done.

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

requireNode();
const wanted = wantedGroups(process.argv.slice(2));
const isInstalled = await ensureInstalled(say);
report(sum(isInstalled ? await runAll() : [{ ...NOTHING, failed: ['install'] }]));

async function runAll() {
  if (wanted.some((group) => group.needsBrowser)) await prepareBrowser();
  const outcomes = [];
  for (const part of wanted.flatMap((group) => group.parts)) outcomes.push(await part(say));
  return outcomes;
}

async function prepareBrowser() {
  const browser = await ensureBrowser(say);
  say(`Browser: ${browser ?? 'none found, and none could be installed'}`);
  if (browser !== undefined) process.env.EARSHOT_CHROMIUM = browser;
  await ensureSpeech(say);
}

/**
 * @param {readonly string[]} args nothing, or `--only=types,lint`
 */
function wantedGroups(args) {
  const names = GROUPS.map(({ name }) => name);
  const only = args
    .find((arg) => arg.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const unknown = [
    ...args.filter((arg) => !arg.startsWith('--only=')),
    ...(only ?? []).filter((name) => !names.includes(name)),
  ];
  if (unknown.length > 0) {
    process.stderr.write(`Unknown: ${unknown.join(' ')}. Usage: npm test [-- --only=${names.join(',')}]\n`);
    process.exit(2);
  }
  return GROUPS.filter(({ name }) => only === undefined || only.includes(name));
}

/** @param {import('./lib/tally.mjs').Outcome} total */
function report(total) {
  for (const title of total.failed) say(`FAILED  ${title}`);
  for (const { title, reason } of total.skipped) say(`SKIPPED ${title}: ${reason}`);
  say(summaryLine(total));
  // Not process.exit(): it could cut off the last line on its way into a pipe.
  process.exitCode = total.failed.length === 0 ? 0 : 1;
}
