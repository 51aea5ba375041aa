import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import { ownLimits, tooTight, type OwnLimits } from '../host/own-limits.ts';
import { type Finding } from './check.ts';

const MEBIBYTE = 1024 * 1024;
const DISK_WANTED = 128 * MEBIBYTE;

/** Whether the agent itself has room: memory and CPU of its control group, disk for its outbox. */
export function checkLimits(procRoot: string, groupRoot: string, dataFolder: string): Finding[] {
  return [checkGroup(ownLimits(procRoot, groupRoot)), checkDisk(dataFolder)];
}

function checkGroup(limits: OwnLimits): Finding {
  const { memoryBytes, cpuPercent } = limits;
  const memory =
    memoryBytes === undefined ? 'no limit of memory' : `${Math.round(memoryBytes / MEBIBYTE)} MiB of memory`;
  const cpu = cpuPercent === undefined ? 'no limit of CPU' : `${Number(cpuPercent.toPrecision(3))} % of a core`;
  const found = `the agent's control group has ${memory} and ${cpu}`;
  const tight = tooTight(limits);
  if (tight.length === 0) return { subject: 'Own limits', outcome: 'ok', found };
  return {
    subject: 'Own limits',
    outcome: 'reduced',
    found,
    costs: 'on a busy host the agent tells of fewer connections at a time, is killed or comes late to its samples',
    remedies: tight.map((limit) => `systemd unit: ${limit}`),
  };
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
