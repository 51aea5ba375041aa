import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** A thread as /proc/PID/task/TID tells of it. */
export interface Thread {
  /** Letter of proc_pid_stat(5). */
  readonly state: string;
  /** The kernel function it sleeps in; `0` when it does not. */
  readonly wchan: string;
  /** Milliseconds on a CPU, and ready but waiting for one, since it began (schedstat). */
  readonly runMs: number;
  readonly waitMs: number;
}

/** The processes that a process has started, and those that they have. */
export function descendantsOf(pid: number): number[] {
  const all = processes();
  const below = (parent: number): number[] =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

/** Whether it runs; one that nobody has reaped yet has no program any more and is gone too. */
export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

export function threadsOf(pid: number): Thread[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const read = (name: string): string => readFileSync(`/proc/${pid}/task/${thread}/${name}`, 'utf8');
    const [run, wait] = read('schedstat').split(' ').map(Number);
    const { 0: state = '' } = afterName(read('stat'));
    return { state, wchan: read('wchan'), runMs: (run ?? NaN) / 1e6, waitMs: (wait ?? NaN) / 1e6 };
  });
}

/** Every process with its parent. */
function processes(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid: Number(pid), parent: Number(afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))[1]) }];
      } catch {
        return []; // ended since it was listed
      }
    });
}

/** The fields of stat from the state on (proc_pid_stat(5)); the name in brackets before them may hold anything. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
