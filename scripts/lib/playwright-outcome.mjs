import { writeFileSync } from 'node:fs';

/** @typedef {import('@playwright/test/reporter').Reporter} Reporter */

/**
 * A Playwright reporter that writes the run's outcome (see tally.mjs).
 *
 * @implements {Reporter}
 */
export default class PlaywrightOutcome {
  /** @type {import('@playwright/test/reporter').Suite | undefined} */
  #suite;
  /** @type {string[]} */
  #errors = [];

  printsToStdio() {
    return false;
  }

  /**
   * @param {import('@playwright/test/reporter').FullConfig} _config
   * @param {import('@playwright/test/reporter').Suite} suite
   */
  onBegin(_config, suite) {
    this.#suite = suite;
  }

  /** @param {import('@playwright/test/reporter').TestError} error one outside of any test */
  onError(error) {
    this.#errors.push(`outside of the end-to-end tests: ${error.message?.split('\n')[0] ?? 'unknown error'}`);
  }

  onEnd() {
    const failed = [...this.#errors];
    const skipped = [];
    let passed = 0;
    for (const test of this.#suite?.allTests() ?? []) {
      // The first two titles are the root's and the project's.
      const title = test.titlePath().slice(2).join(' > ');
      const outcome = test.outcome();
      if (outcome === 'expected') passed += 1;
      else if (outcome !== 'skipped') failed.push(title);
      else skipped.push({ title, reason: skipReason(test) });
    }
    const path = process.env.EARSHOT_OUTCOME;
    if (path !== undefined) writeFileSync(path, JSON.stringify({ passed, failed, skipped }));
  }
}

/** @param {import('@playwright/test/reporter').TestCase} test */
function skipReason(test) {
  const annotations = [...test.annotations, ...test.results.flatMap((result) => result.annotations)];
  const skip = annotations.find(({ type }) => type === 'skip' || type === 'fixme');
  if (skip === undefined) return 'not run, as an earlier one failed';
  return skip.description ?? 'no reason given';
}
