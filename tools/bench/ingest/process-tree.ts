import { readdirSync, readFileSync } from 'node:fs';
import { cpuMsOf } from '../agent/process-cost.ts';

/** Of Linux on every machine that Node runs on (USER_HZ). */
const TICK_MS = 10;

/**
 * Milliseconds of CPU that a process and those it has started have used, those that have ended and were waited for
 * included (proc_pid_stat(5): cutime, cstime).
 */
export function cpuMsOfTree(pid: number): number {
  const fields = statOf(pid);
  let sum = cpuMsOf(pid) + TICK_MS * (Number(fields[13]) + Number(fields[14]));
  for (const child of childrenOf(pid)) {
    try {
      sum += cpuMsOfTree(child);
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

/** The processes that one has started. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return Number(statOf(candidate)[1]) === pid;
      } catch {
        return false;
      }
    });
}

/** The fields of /proc/PID/stat from `state` on: the name before them may have spaces. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
