import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, runScript } from './run.mjs';
import { NOTHING, toOutcome } from './tally.mjs';

/**
 * @typedef {import('./tally.mjs').Outcome} Outcome
 * @typedef {(line: string) => void} Say
 * @typedef {{ name: string, needsBrowser?: boolean, parts: readonly ((say: Say) => Promise<Outcome>)[] }} Group
 */

const REALMS = ['page', 'worker', 'worklet', 'relay', 'tests'];
const REPORTER_FOLDER = join(ROOT, 'scripts/lib');
const OUTCOME_FILE = join(ROOT, 'test-results/outcome.json');

// A `.only` left behind would hide every other test.
const VITEST_ARGS = ['--allowOnly=false', '--reporter=default', `--reporter=${REPORTER_FOLDER}/vitest-outcome.mjs`];
const PLAYWRIGHT_ARGS = ['--forbid-only', `--reporter=list,${REPORTER_FOLDER}/playwright-outcome.mjs`];
const SVELTE_CHECK_ARGS = ['--tsconfig', './tsconfig.page.json', '--fail-on-warnings', '--output', 'human'];

/** @type {readonly Group[]} in the order they run: what fails soonest comes first */
export const GROUPS = [
  {
    name: 'types',
    parts: [
      ...REALMS.map((realm) =>
        check(`types ${realm}`, 'node_modules/typescript/bin/tsc', ['-p', `tsconfig.${realm}.json`]),
      ),
      check('types svelte', 'node_modules/svelte-check/bin/svelte-check', SVELTE_CHECK_ARGS),
    ],
  },
  { name: 'lint', parts: [check('lint', 'node_modules/eslint/bin/eslint.js', ['.', '--max-warnings=0'])] },
  { name: 'budgets', parts: [check('budgets', 'scripts/check-budgets.mjs', [])] },
  { name: 'unit', parts: [suite('unit', 'node_modules/vitest/vitest.mjs', ['run', '--project=unit', ...VITEST_ARGS])] },
  {
    name: 'browser',
    needsBrowser: true,
    parts: [suite('browser', 'node_modules/vitest/vitest.mjs', ['run', '--project=browser', ...VITEST_ARGS])],
  },
  {
    name: 'e2e',
    needsBrowser: true,
    parts: [suite('e2e', 'node_modules/@playwright/test/cli.js', ['test', ...PLAYWRIGHT_ARGS])],
  },
];

/**
 * A program that passes or fails as a whole. What it printed is shown only when it failed.
 *
 * @param {string} name
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Group['parts'][number]}
 */
function check(name, script, args) {
  return async (say) => {
    const startedMs = performance.now();
    const { code, output, isOverTime } = await runScript(script, args);
    const isOk = code === 0;
    say(`${isOk ? 'ok    ' : 'FAILED'}  ${name}  ${seconds(startedMs)}`);
    if (isOk) return { ...NOTHING, passed: 1 };
    say(output);
    return { ...NOTHING, failed: [isOverTime ? `${name}: did not end within its time limit` : name] };
  };
}

/**
 * A test runner, live on the terminal, whose tests are counted one by one.
 *
 * @param {string} name
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Group['parts'][number]}
 */
function suite(name, script, args) {
  return async (say) => {
    const startedMs = performance.now();
    mkdirSync(dirname(OUTCOME_FILE), { recursive: true });
    rmSync(OUTCOME_FILE, { force: true });
    const exit = await runScript(script, args, { live: true, env: { ...process.env, EARSHOT_OUTCOME: OUTCOME_FILE } });
    const outcome = toOutcome(name, readIfThere(OUTCOME_FILE), exit);
    say(`${outcome.failed.length === 0 ? 'ok    ' : 'FAILED'}  ${name}  ${seconds(startedMs)}`);
    return outcome;
  };
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {number} startedMs */
function seconds(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}
