import { type Process } from '@closewatch/protocol';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode } from '../errors.ts';
import { placementIn } from './cgroup.ts';
import { maskedCommand } from './secrets.ts';
import { MS_PER_TICK, taskStatIn, type TaskStat } from './task-stat.ts';

/** Who a process is, whatever it holds. */
export type ProcessDescription = Process;

const LONGEST_COMMAND = 1_024;
const LONGEST_NAME = 512;

/** Undefined when there is no such process (any more). `procRoot` is usually /proc. */
export function readStat(procRoot: string, pid: number): TaskStat | undefined {
  try {
    return taskStatIn(readFileSync(join(procRoot, String(pid), 'stat'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** When it began, ISO 8601. `bootedAtMs`: milliseconds since 1970 at which the kernel started. */
export function startOf({ startTicks }: Pick<TaskStat, 'startTicks'>, bootedAtMs: number): string {
  return new Date(bootedAtMs + startTicks * MS_PER_TICK).toISOString();
}

/** Who a process is. `bootedAtMs`: milliseconds since 1970 at which the kernel started. */
export function describeProcess(procRoot: string, pid: number, stat: TaskStat, bootedAtMs: number): ProcessDescription {
  const folder = join(procRoot, String(pid));
  const executable = readLinkOrNothing(join(folder, 'exe'))?.replace(/ \(deleted\)$/, '');
  const words = (readOrNothing(join(folder, 'cmdline')) ?? '').replace(/\0+$/, '').split('\0');
  return {
    pid,
    startedAt: startOf(stat, bootedAtMs),
    executable: printable(executable === undefined ? stat.name : basename(executable), LONGEST_NAME),
    command: printable(maskedCommand(words), LONGEST_COMMAND),
    ...placementIn(readOrNothing(join(folder, 'cgroup')) ?? ''),
  };
}

/** Fit for the wire: no control characters, no broken surrogate pairs, at most `length` characters. */
function printable(text: string, length: number): string {
  const plain = text.replaceAll(/\p{Cc}/gu, ' ');
  return (plain.length > length ? `${plain.slice(0, length - 1)}…` : plain).toWellFormed();
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return unlessAbsent(error);
  }
}

function readLinkOrNothing(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    return unlessAbsent(error);
  }
}

/** Gone (ENOENT, ESRCH) or not ours to see (EACCES, EPERM) is an answer; anything else is a fault. */
function unlessAbsent(error: unknown): undefined {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
  throw error;
}
