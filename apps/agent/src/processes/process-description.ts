import { type Process } from '@closewatch/protocol';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode } from '../errors.ts';
import { placementIn } from './cgroup.ts';
import { maskedCommand } from './secrets.ts';

/** Who a process is, whatever it holds. */
export type ProcessDescription = Process;

/** Fields of /proc/PID/stat (proc_pid_stat(5)). `startTicks`: since boot, 100 a second on every Linux. */
export interface ProcessStat {
  readonly name: string;
  readonly startTicks: number;
}

const TICKS_PER_SECOND = 100;
const FIELDS_BEFORE_START = 19;
const LONGEST_COMMAND = 1_024;
const LONGEST_NAME = 512;

/** The name may hold spaces and parentheses: the last parenthesis ends it. Undefined when the text is no such file. */
export function statIn(text: string): ProcessStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const start = text.slice(close + 2).split(' ')[FIELDS_BEFORE_START];
  if (open === -1 || close < open || start === undefined || !/^\d{1,15}\n?$/.test(start)) return undefined;
  return { name: text.slice(open + 1, close), startTicks: Number(start) };
}

/** Undefined when there is no such process (any more). `procRoot` is usually /proc. */
export function readStat(procRoot: string, pid: number): ProcessStat | undefined {
  try {
    return statIn(readFileSync(join(procRoot, String(pid), 'stat'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** When it began, ISO 8601. `bootedAtMs`: milliseconds since 1970 at which the kernel started. */
export function startOf({ startTicks }: Pick<ProcessStat, 'startTicks'>, bootedAtMs: number): string {
  return new Date(bootedAtMs + (startTicks * 1000) / TICKS_PER_SECOND).toISOString();
}

/** Who a process is. `bootedAtMs`: milliseconds since 1970 at which the kernel started. */
export function describeProcess(
  procRoot: string,
  pid: number,
  stat: ProcessStat,
  bootedAtMs: number,
): ProcessDescription {
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
