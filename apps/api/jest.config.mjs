import { nodePreset } from '../../tools/jest/node-preset.mjs';

export default nodePreset(import.meta.dirname, {
  globalSetup: '<rootDir>/src/testing/global-setup.mjs',
  globalTeardown: '<rootDir>/src/testing/global-teardown.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
});
