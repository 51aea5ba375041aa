import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePreset } from '../../tools/jest/node-preset.mjs';

const countReporter = join(import.meta.dirname, '../../tools/jest/count-reporter.mjs');

/**
 * Where the run starts a PostgreSQL of the system (CLOSEWATCH_TEST_POSTGRES), it tries that: only what reads or writes a database
 * of it can tell anything new.
 */
function onPostgres(installation) {
  const version = installation.replace(/\/+$/, '').split('/').at(-1);
  const specs = globSync('src/**/*.spec.ts', { cwd: import.meta.dirname }).filter((spec) =>
    /\bcreate(Test|Empty)Database\(/.test(readFileSync(join(import.meta.dirname, spec), 'utf8')),
  );
  return {
    displayName: `api (PostgreSQL ${version})`,
    testMatch: specs.map((spec) => `<rootDir>/${spec}`),
    reporters: ['default', [countReporter, { name: `api-postgresql-${version}` }]],
  };
}

const installation = process.env.CLOSEWATCH_TEST_POSTGRES ?? '';

export default nodePreset(import.meta.dirname, {
  globalSetup: '<rootDir>/src/testing/global-setup.mjs',
  globalTeardown: '<rootDir>/src/testing/global-teardown.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
  ...(installation === '' ? {} : onPostgres(installation)),
});
