import { join, resolve } from 'node:path';
import presets from 'jest-preset-angular/presets/index.js';

const workspace = resolve(import.meta.dirname, '../..');

/** Jest for Angular: CommonJS through jest-preset-angular, the libs by their names, no zone.js. */
export default {
  ...presets.createCjsPreset({
    tsconfig: join(import.meta.dirname, 'tsconfig.spec.json'),
    testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
  }),
  // These packages ship ES modules without saying so in their names.
  transformIgnorePatterns: ['node_modules/(?!(.*\\.mjs$|@jsverse/|marked/))'],
  rootDir: import.meta.dirname,
  displayName: 'web',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/src/testing/setup.ts'],
  moduleNameMapper: {
    '^@lucide/angular$': '<rootDir>/src/testing/icons.ts',
    '^@closewatch/(socket-states|protocol|messages)$': join(workspace, 'libs/$1/src/index.ts'),
    // TypeScript rewrites ./x.ts to ./x.js in what it emits.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  reporters: ['default', [join(workspace, 'tools/jest/count-reporter.mjs'), { name: 'web' }]],
};
