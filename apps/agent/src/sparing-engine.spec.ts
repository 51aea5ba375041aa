import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, 'testing/heating.ts');

/** Of a function that runs often, after so many leaks: whether V8 has compiled it with all its means. */
function isCompiledWith(...leaks: readonly number[]): boolean {
  const words = ['--allow-natives-syntax', '--no-warnings', PROGRAM, ...leaks.map(String)];
  return execFileSync(process.execPath, words, { encoding: 'utf8' }) === 'true';
}

it('lets V8 compile less while leaks are few, and as much as it will once they are many', () => {
  expect(isCompiledWith(0)).toBe(false);
  expect(isCompiledWith(0, 2_000)).toBe(false);
  expect(isCompiledWith(0, 10_000)).toBe(true);
  expect(isCompiledWith(0, 10_000, 5)).toBe(false);
});
