import { defineConfig } from '@playwright/test';

/** Stories run one at a time: they share the kernel's socket table, and the product watches all of it. */
export default defineConfig({
  testDir: 'src',
  testMatch: '**/*.e2e.ts',
  outputDir: '../../test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./count-reporter.ts']],
});
