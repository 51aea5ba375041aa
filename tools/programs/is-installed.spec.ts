import { expect, it } from '@jest/globals';
import { isInstalled } from './is-installed.ts';

it('knows a command that is there, and misses any that is not', () => {
  expect(isInstalled('sh')).toBe(true);
  expect(isInstalled('sh', 'closewatch-no-such-program')).toBe(false);
});
