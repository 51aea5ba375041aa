import { dirname, join } from 'node:path';
import { textOrNothing } from '../file-text.ts';

const MEBIBYTE = 1024 * 1024;
/** Below this the agent is at risk of being killed on a host with thousands of leaks. */
const MEMORY_WANTED = 128 * MEBIBYTE;
/** Of one core: what a look at a busy host takes in a burst. */
const CPU_WANTED_PERCENT = 5;

/** The tightest limits of the control groups the agent is in; undefined: none. */
export interface OwnLimits {
  readonly memoryBytes: number | undefined;
  readonly cpuPercent: number | undefined;
}

/**
 * Reads them for control groups of version 2 (memory.max, cpu.max) and 1 (memory.limit_in_bytes, cpu.cfs_quota_us), as far
 * up as can be seen; what cannot be read limits nothing. `procRoot` is usually /proc, `groupRoot` /sys/fs/cgroup.
 */
export function ownLimits(procRoot: string, groupRoot: string): OwnLimits {
  const groups = textOrNothing(join(procRoot, 'self/cgroup'));
  const unified = /^0::(\/.*)$/m.exec(groups)?.[1];
  const ofController = (name: string): string | undefined =>
    new RegExp(`^\\d+:(?:[^:]*,)?${name}(?:,[^:]*)?:(/.*)$`, 'm').exec(groups)?.[1];
  const memories = [
    ...upwards(groupRoot, unified).map((folder) => wholeIn(join(folder, 'memory.max'))),
    ...upwards(join(groupRoot, 'memory'), ofController('memory')).map((folder) =>
      wholeIn(join(folder, 'memory.limit_in_bytes')),
    ),
  ];
  const shares = [
    ...upwards(groupRoot, unified).map(quotaOfVersion2),
    ...upwards(join(groupRoot, 'cpu'), ofController('cpu')).map(quotaOfVersion1),
  ];
  return { memoryBytes: leastOf(memories), cpuPercent: leastOf(shares) };
}

/** What is too tight, and how much it should be, in words of systemd.resource-control(5): `MemoryMax=128M or more (now 64 MiB)`. */
export function tooTight({ memoryBytes, cpuPercent }: OwnLimits): string[] {
  return [
    ...(isSmallMemory(memoryBytes) ? [`MemoryMax=128M or more (now ${Math.round(memoryBytes / MEBIBYTE)} MiB)`] : []),
    ...(cpuPercent !== undefined && cpuPercent < CPU_WANTED_PERCENT
      ? [`CPUQuota=${CPU_WANTED_PERCENT}% or more (now ${Number(cpuPercent.toPrecision(3))} %)`]
      : []),
  ];
}

/** Whether the agent must do with less memory than it takes on a host with ten thousand leaks. */
export function isSmallMemory(memoryBytes: number | undefined): memoryBytes is number {
  return memoryBytes !== undefined && memoryBytes < MEMORY_WANTED;
}

/** A control group's folder and those above it, which limit it too. */
function upwards(root: string, path: string | undefined): string[] {
  if (path === undefined) return [];
  const folders: string[] = [];
  for (let folder = join(root, path); folder.startsWith(root); folder = dirname(folder)) {
    folders.push(folder);
    if (folder === root) break;
  }
  return folders;
}

function quotaOfVersion2(folder: string): number | undefined {
  const [, quota, period] = /^(\d+) ([1-9]\d*)$/m.exec(textOrNothing(join(folder, 'cpu.max'))) ?? [];
  return quota === undefined ? undefined : (100 * Number(quota)) / Number(period);
}

function quotaOfVersion1(folder: string): number | undefined {
  const quota = wholeIn(join(folder, 'cpu.cfs_quota_us'));
  const period = wholeIn(join(folder, 'cpu.cfs_period_us'));
  return quota === undefined || period === undefined || period === 0 ? undefined : (100 * quota) / period;
}

/** `max`, -1 and what is no number are no limit; nor is version 1's page-aligned 2^63. */
function wholeIn(file: string): number | undefined {
  const text = /^\d+$/m.exec(textOrNothing(file))?.[0];
  const value = Number(text ?? Number.NaN);
  return value < 2 ** 62 ? value : undefined;
}

function leastOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
