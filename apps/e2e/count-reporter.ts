import type { FullResult, Reporter, Suite } from '@playwright/test/reporter';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Writes what Playwright really ran to dist/test/e2e.json: {passed, failed, skipped}. */
export default class CountReporter implements Reporter {
  #suite: Suite | undefined;
  #errors = 0;

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite;
  }

  onError(): void {
    this.#errors++;
  }

  onEnd(_result: FullResult): void {
    const outcomes = (this.#suite?.allTests() ?? []).map((test) => test.outcome());
    const skipped = outcomes.filter((outcome) => outcome === 'skipped').length;
    const passed = outcomes.filter((outcome) => outcome === 'expected').length;
    const counts = { passed, failed: outcomes.length - skipped - passed + this.#errors, skipped };
    const folder = resolve(import.meta.dirname, '../../dist/test');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'e2e.json'), JSON.stringify(counts) + '\n');
  }
}
