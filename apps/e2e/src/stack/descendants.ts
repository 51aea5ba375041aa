import { readFileSync, readdirSync } from 'node:fs';

/** A process, safe against the reuse of its pid. */
export interface Process {
  readonly pid: number;
  readonly parentPid: number;
  readonly startTicks: number;
  readonly command: string;
}

/** Every process below `pid`, with its threads left out; proc_pid_stat(5). */
export function descendantsOf(pid: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const found: Process[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    const children = all.filter(({ parentPid }) => parents.includes(parentPid));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

/** Those of the processes that still run; a zombie has ended. */
export function stillRunning(processes: readonly Process[]): string[] {
  return processes
    .filter(({ pid, startTicks }) => readProcess(pid)?.startTicks === startTicks)
    .map(({ pid, command }) => `${pid} ${command}`);
}

function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The name stands in parentheses and may hold anything, spaces and parentheses too.
    const [state, parentPid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    return { pid, parentPid: Number(parentPid), startTicks: Number(rest[17]), command };
  } catch {
    return undefined; // it has ended between the listing and the reading
  }
}
