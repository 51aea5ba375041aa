import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Writes what a Jest run really executed to dist/test/NAME.json: {passed, failed, skipped}. */
export default class CountReporter {
  constructor(_globalConfig, options) {
    this.name = options.name;
  }

  onRunComplete(_contexts, results) {
    const folder = resolve(import.meta.dirname, '../../dist/test');
    mkdirSync(folder, { recursive: true });
    const counts = {
      passed: results.numPassedTests,
      // A file that does not even load has no tests to fail, and must not pass for that.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(join(folder, `${this.name}.json`), JSON.stringify(counts) + '\n');
  }
}
