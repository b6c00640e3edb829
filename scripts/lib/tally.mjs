/**
 * What a check or a test runner came to. Runners write it as JSON to the file named in EARSHOT_OUTCOME.
 *
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {readonly string[]} failed one line each
 * @property {readonly { title: string, reason: string }[]} skipped
 */

/** @type {Outcome} */
export const NOTHING = { passed: 0, failed: [], skipped: [] };

/**
 * Reads a runner's outcome, and makes a failure of every way of ending without one: a crash, a time limit, a run
 * that found no tests.
 *
 * @param {string} name the runner, as people know it
 * @param {string | undefined} json what it wrote, if anything
 * @param {{ code: number | null, isOverTime: boolean }} exit
 * @returns {Outcome}
 */
export function toOutcome(name, json, exit) {
  const outcome = parseOutcome(json);
  const failed = [...outcome.failed];
  const ran = outcome.passed + outcome.failed.length;
  if (exit.isOverTime) failed.push(`${name}: did not end within its time limit`);
  else if (json === undefined) failed.push(`${name}: ended with code ${exit.code} and no report`);
  else if (ran === 0) failed.push(`${name}: ran no tests`);
  else if (exit.code !== 0 && failed.length === 0) failed.push(`${name}: ended with code ${exit.code}`);
  return { ...outcome, failed };
}

/**
 * @param {string | undefined} json
 * @returns {Outcome}
 */
function parseOutcome(json) {
  if (json === undefined) return NOTHING;
  try {
    return JSON.parse(json);
  } catch {
    return { ...NOTHING, failed: ['its report could not be read'] };
  }
}

/**
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sum(outcomes) {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
}

/**
 * The one line other programs read: `3 passed, 0 failed`, and `, 1 skipped` when something was.
 *
 * @param {Outcome} outcome
 */
export function summaryLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed.length} failed`;
  return skipped.length === 0 ? line : `${line}, ${skipped.length} skipped`;
}
