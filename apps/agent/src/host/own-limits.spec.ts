import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isSmallMemory, ownLimits, tooTight } from './own-limits.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'closewatch-limits-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function limitsWith(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  return ownLimits(root, join(root, 'group'));
}

describe("the agent's own limits", () => {
  it('are none where nothing can be read', () => {
    expect(limitsWith({})).toEqual({ memoryBytes: undefined, cpuPercent: undefined });
  });

  it('are those of version 2, the tightest of all groups above', () => {
    const limits = limitsWith({
      'self/cgroup': '0::/system.slice/agent.service',
      'group/system.slice/memory.max': '67108864',
      'group/system.slice/agent.service/memory.max': 'max',
      'group/system.slice/agent.service/cpu.max': '2000 100000',
    });

    expect(limits).toEqual({ memoryBytes: 67_108_864, cpuPercent: 2 });
    expect(tooTight(limits)).toEqual(['MemoryMax=128M or more (now 64 MiB)', 'CPUQuota=5% or more (now 2 %)']);
  });

  it('are those of version 1, whose largest number is no limit', () => {
    const limits = limitsWith({
      'self/cgroup': '7:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc',
      'group/memory/docker/abc/memory.limit_in_bytes': '104857600',
      'group/memory/memory.limit_in_bytes': '9223372036854771712',
      'group/cpu/docker/abc/cpu.cfs_quota_us': '50000',
      'group/cpu/docker/abc/cpu.cfs_period_us': '100000',
      'group/cpu/cpu.cfs_quota_us': '-1',
      'group/cpu/cpu.cfs_period_us': '100000',
    });

    expect(limits).toEqual({ memoryBytes: 104_857_600, cpuPercent: 50 });
    expect(isSmallMemory(limits.memoryBytes)).toBe(true);
  });

  it.each(['', 'garbage', '0::relative', '0::/../../..', '4:memory:'])('are none by a cgroup file of "%s"', (text) => {
    expect(limitsWith({ 'self/cgroup': text })).toEqual({ memoryBytes: undefined, cpuPercent: undefined });
  });

  it('find enough where there is enough', () => {
    expect(tooTight({ memoryBytes: 256 * 1024 * 1024, cpuPercent: 10 })).toEqual([]);
    expect(isSmallMemory(undefined)).toBe(false);
  });
});
