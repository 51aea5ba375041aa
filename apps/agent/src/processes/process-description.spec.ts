import { describe, expect, it } from '@jest/globals';
import { OwnerSchema } from '@closewatch/protocol';
import { readFileSync } from 'node:fs';
import { bootTimeIn } from '../host/host-facts.ts';
import { describeProcess, readStat } from './process-description.ts';

describe('a process', () => {
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
