import { writeFileSync } from 'node:fs';

/** @typedef {import('vitest/node').Reporter} Reporter */

/**
 * A Vitest reporter that writes the run's outcome (see tally.mjs). Vitest's own JSON lacks the reasons of skipped
 * tests, and counts the tests of a suite whose set-up failed as skipped only.
 *
 * @implements {Reporter}
 */
export default class VitestOutcome {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<{ message: string }>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => ({ module, test })));
    const failed = [];
    const skipped = [];
    let passed = 0;
    for (const { module, test } of tests) {
      const title = `${module.relativeModuleId} > ${test.fullName}`;
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'skipped') skipped.push({ title, reason: result.note ?? 'no reason given' });
      else failed.push(result.state === 'failed' ? title : `${title} (did not finish)`);
    }
    for (const module of modules) {
      if (module.errors().length > 0) failed.push(`${module.relativeModuleId} (could not be loaded)`);
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) failed.push(`${module.relativeModuleId} > ${suite.fullName} (set-up)`);
      }
    }
    for (const error of unhandledErrors) failed.push(`unhandled error: ${error.message}`);
    const path = process.env.EARSHOT_OUTCOME;
    if (path !== undefined) writeFileSync(path, JSON.stringify({ passed, failed, skipped }));
  }
}
