import { type Process } from '@closewatch/protocol';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess, readStat } from './process-description.ts';

/** A process of a service, as it was when it was met. */
export interface ServiceProcess {
  readonly process: Process;
  /** Since boot; with the pid it tells processes apart. */
  readonly startTicks: number;
  /** Device, inode and time of its executable; undefined where that is not ours to see. */
  readonly file: string | undefined;
  /** The program as it is run, whatever its pid: the same text after a restart. */
  readonly run: string;
}

/** Undefined when it is gone. */
export function meetProcess(procRoot: string, bootedAtMs: number, pid: number): ServiceProcess | undefined {
  const stat = readStat(procRoot, pid);
  if (stat === undefined) return undefined;
  const process = describeProcess(procRoot, pid, stat, bootedAtMs);
  return {
    process,
    startTicks: stat.startTicks,
    file: executableOf(join(procRoot, String(pid))),
    run: runOf(process),
  };
}

/** Follows the link to the file itself, also when another stands under its name by now. */
function executableOf(folder: string): string | undefined {
  try {
    const { dev, ino, mtimeMs } = statSync(join(folder, 'exe'));
    return `${dev} ${ino} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}

/** Sessions and other scopes change with who starts a program; what systemd keeps running does not. */
const serviceUnitOf = ({ unit }: Process): string | null => (unit?.endsWith('.service') === true ? unit : null);

function runOf(process: Process): string {
  const { executable, containerId, command } = process;
  return JSON.stringify([executable, serviceUnitOf(process), containerId ?? null, command]);
}

/**
 * Whether `next` may have taken the place of `gone`: run alike; in another container, otherwise alike; or another command
 * under the same unit.
 */
export function takesPlaceOf(next: ServiceProcess, gone: ServiceProcess): boolean {
  if (next.run === gone.run) return true;
  const [a, b] = [next.process, gone.process];
  if (a.executable !== b.executable || serviceUnitOf(a) !== serviceUnitOf(b)) return false;
  if (a.containerId !== b.containerId) return isContained(a) && isContained(b) && a.command === b.command;
  return serviceUnitOf(a) !== null;
}

const isContained = ({ containerId }: Process): boolean => containerId !== undefined;

/** Whether what runs now is not what ran before: another executable file, or another container. A deploy. */
export function isReplaced(next: ServiceProcess, gone: ServiceProcess): boolean {
  const isOtherFile = next.file !== undefined && gone.file !== undefined && next.file !== gone.file;
  return isOtherFile || next.process.containerId !== gone.process.containerId;
}
