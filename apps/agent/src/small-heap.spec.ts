import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, 'testing/churning.ts');
const MEGABYTE = 1024 * 1024;

function youngBytes(...words: string[]): number {
  return Number(execFileSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8' }));
}

describe('the heap of the agent', () => {
  it('keeps a small young generation where V8 would let it grow', () => {
    expect(youngBytes()).toBeGreaterThan(4 * MEGABYTE);
    // Two halves of 1 MB.
    expect(youngBytes('small')).toBeLessThanOrEqual(2 * MEGABYTE);
  });
});
