import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { taskStatIn } from './task-stat.ts';

describe('the stat of a task', () => {
  it('tells state, time, threads and start, whatever the name', () => {
    const stat =
      '42 (a) R (c) D 1 42 42 0 -1 4194560 1 2 3 4 250 17 7 8 20 0 12 0 987654 1000 2 18446744073709551615 1 1 0 0\n';
    expect(taskStatIn(stat)).toEqual({ name: 'a) R (c', state: 'D', cpuTicks: 267, threads: 12, startTicks: 987_654 });
  });

  it('is that of this process', () => {
    const { user, system } = process.cpuUsage();
    const told = taskStatIn(readFileSync('/proc/self/stat', 'utf8'));
    expect(told?.state).toBe('R');
    expect(told?.threads).toBeGreaterThan(1);
    expect(Math.abs((told?.cpuTicks ?? 0) - (user + system) / 10_000)).toBeLessThan(20);
  });

  it.each([
    '',
    '42',
    '42 (node',
    '42 (node) S 1 42',
    ')42(',
    ...['-1', '', '7e3', '9'.repeat(16)].map((start) => `42 (node) R${' 0'.repeat(18)} ${start} 0`),
    '42 (n) ? 1 42 42 0 -1 0 1 2 3 4 250 17 7 8 20 0 12 0 98',
  ])('is none in %j', (text) => expect(taskStatIn(text)).toBeUndefined());

  it('is none or whole, wherever the text is cut', () => {
    const stat = '42 (node) S 1 42 42 0 -1 4194560 1 2 3 4 250 17 7 8 20 0 12 0 987654 1000 2';
    fc.assert(
      fc.property(fc.nat(stat.length), (length) => {
        const told = taskStatIn(stat.slice(0, length));
        if (told !== undefined) expect(told).toMatchObject({ state: 'S', cpuTicks: 267, threads: 12 });
      }),
    );
  });
});
