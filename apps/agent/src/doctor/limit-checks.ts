import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import { type Finding } from './check.ts';

const MEBIBYTE = 1024 * 1024;
/** Below this the agent is at risk of being killed on a host with thousands of leaks. */
const MEMORY_WANTED = 128 * MEBIBYTE;
/** Of one core: what a look at a busy host takes in a burst. */
const CPU_WANTED_PERCENT = 5;
const DISK_WANTED = 128 * MEBIBYTE;

/** The smallest limits of the control groups a process is in; undefined: none. Version 2 (cgroup v2, kernel docs). */
export interface GroupLimits {
  readonly memoryBytes: number | undefined;
  readonly cpuPercent: number | undefined;
}

/** Whether the agent itself has room: memory and CPU of its control group, disk for its outbox. */
export function checkLimits(procRoot: string, groupRoot: string, dataFolder: string): Finding[] {
  return [checkGroup(groupLimitsOf(procRoot, groupRoot)), checkDisk(dataFolder)];
}

export function checkGroup({ memoryBytes, cpuPercent }: GroupLimits): Finding {
  const memory =
    memoryBytes === undefined ? 'no limit of memory' : `${Math.round(memoryBytes / MEBIBYTE)} MiB of memory`;
  const cpu = cpuPercent === undefined ? 'no limit of CPU' : `${Number(cpuPercent.toPrecision(3))} % of a core`;
  const found = `the agent's control group has ${memory} and ${cpu}`;
  const tight = [
    ...(memoryBytes !== undefined && memoryBytes < MEMORY_WANTED
      ? [`MemoryMax=128M or more (now ${Math.round(memoryBytes / MEBIBYTE)} MiB)`]
      : []),
    ...(cpuPercent !== undefined && cpuPercent < CPU_WANTED_PERCENT
      ? [`CPUQuota=${CPU_WANTED_PERCENT}% or more (now ${Number(cpuPercent.toPrecision(3))} %)`]
      : []),
  ];
  if (tight.length === 0) return { subject: 'Own limits', outcome: 'ok', found };
  return {
    subject: 'Own limits',
    outcome: 'reduced',
    found,
    costs: 'on a busy host the agent is killed or comes late to its samples',
    remedies: tight.map((limit) => `systemd unit: ${limit}`),
  };
}

function groupLimitsOf(procRoot: string, groupRoot: string): GroupLimits {
  const path = /^0::(\/.*)$/m.exec(readOr(join(procRoot, 'self/cgroup')))?.[1] ?? '/';
  let memoryBytes: number | undefined;
  let cpuPercent: number | undefined;
  // Every group above limits those below it.
  for (let folder = join(groupRoot, path); folder.startsWith(groupRoot); folder = dirname(folder)) {
    const memory = Number(/^\d+$/m.exec(readOr(join(folder, 'memory.max')))?.[0] ?? Number.NaN);
    if (memory < (memoryBytes ?? Number.POSITIVE_INFINITY)) memoryBytes = memory;
    const [, quota, period] = /^(\d+) (\d+)$/m.exec(readOr(join(folder, 'cpu.max'))) ?? [];
    const percent = (100 * Number(quota ?? Number.NaN)) / Number(period);
    if (percent < (cpuPercent ?? Number.POSITIVE_INFINITY)) cpuPercent = percent;
    if (folder === groupRoot) break;
  }
  return { memoryBytes, cpuPercent };
}

function checkDisk(dataFolder: string): Finding {
  const subject = 'State folder';
  const folder = resolve(dataFolder);
  // It is made at the first start: then it is the folder above that must let it.
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    return {
      subject,
      outcome: 'failed',
      found: messageOf(error),
      costs: 'the agent cannot keep its identity, and will not start',
      remedies: [
        'set CLOSEWATCH_DATA to a folder that the agent may write to',
        'systemd unit: StateDirectory=closewatch-agent',
      ],
    };
  }
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  const found = `${folder} may be written to, ${Math.round(free / MEBIBYTE)} MiB are free`;
  if (free >= DISK_WANTED) return { subject, outcome: 'ok', found };
  return {
    subject,
    outcome: 'reduced',
    found,
    costs: 'snapshots of an outage may not find room on disk',
    remedies: ['free space, or set CLOSEWATCH_DATA to another disk'],
  };
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
