import { describe, expect, it } from '@jest/globals';
import { OwnerSchema } from '@closewatch/protocol';
import { readFileSync } from 'node:fs';
import { bootTimeIn } from '../host/host-facts.ts';
import { describeProcess, readStat, statIn } from './process-description.ts';

describe('a process', () => {
  it('has a name with spaces and parentheses, and a start', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2 18446744073709551615';
    expect(statIn(stat)).toEqual({ name: 'a) b (c', startTicks: 987_654 });
  });

  it('is none when the text is cut short', () => {
    expect(statIn('42 (node) S 1 42')).toBeUndefined();
    expect(statIn('')).toBeUndefined();
    const before = `42 (node) R${' 0'.repeat(18)}`;
    expect(statIn(`${before} 7`)).toEqual({ name: 'node', startTicks: 7 });
    for (const start of ['-1', '', '7e3', '9'.repeat(16)]) expect(statIn(`${before} ${start} 0`)).toBeUndefined();
  });

  it('is described for the wire: this one', () => {
    const stat = readStat('/proc', process.pid);
    if (stat === undefined) throw new Error('this process has no stat');
    const bootedAtMs = bootTimeIn(readFileSync('/proc/stat', 'latin1')) * 1_000;
    const description = describeProcess('/proc', process.pid, stat, bootedAtMs);
    expect(OwnerSchema.parse({ ...description, descriptor: 1 })).toEqual({ ...description, descriptor: 1 });
    expect(description).toMatchObject({ pid: process.pid, executable: 'node' });
    expect(description.command).toContain('jest');
    const startedMs = Date.now() - process.uptime() * 1_000;
    expect(Math.abs(Date.parse(description.startedAt) - startedMs)).toBeLessThan(2_500);
  });

  it('is not there when nobody goes by the pid', () => {
    expect(readStat('/proc', 4_194_304)).toBeUndefined();
  });
});
