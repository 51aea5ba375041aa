import { isForbidden } from '../errors.ts';
import { isGone, readText, type Unreadable } from './proc-text.ts';
import { syscallIn, type SyscallNameOf } from './syscall-names.ts';
import { taskStatIn } from '../processes/task-stat.ts';

/** Nanoseconds a thread ran, and was ready but waited for a CPU, since it began. */
export interface Schedule {
  readonly runNs: number;
  readonly waitNs: number;
}

/** One look at one thread. */
export interface ThreadLook {
  readonly tid: number;
  readonly startTicks: number;
  readonly name: string;
  readonly state: string;
  /** Kernel function it sleeps in; null: none, or not to be read. */
  readonly wchan: string | null;
  readonly syscall: string | null;
  /** Undefined where the kernel does not tell, or it never ran. */
  readonly schedule: Schedule | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
}

/** What hides from the agent. Each is told once for a process. */
export type Hidden = Set<string>;

export const HIDDEN_WAITS = "wchan and system call of another user's process: CAP_SYS_PTRACE would show them";
export const REFUSED_WAITS =
  'wchan and system call: the kernel refuses them (kernel.yama.ptrace_scope, a security module)';
export const NO_SYSCALL = 'system call: this kernel has no /proc/PID/syscall (CONFIG_HAVE_ARCH_TRACEHOOK)';

export interface ThreadReading {
  readonly nameOf: SyscallNameOf;
  /** Whether the agent has CAP_SYS_PTRACE. */
  readonly mayTrace: boolean;
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
}

/** Looks at the thread whose folder is `task` (/proc/PID/task). Undefined when it is over. Adds to `hidden`. */
export function lookAtThread(
  task: string,
  tid: number,
  { nameOf, mayTrace, now }: ThreadReading,
  hidden: Hidden,
): ThreadLook | undefined {
  const folder = `${task}/${tid}/`;
  const stat = readText(`${folder}stat`);
  const told = typeof stat === 'string' ? taskStatIn(stat) : undefined;
  if (told === undefined) return undefined;
  const schedstat = readText(`${folder}schedstat`);
  const at = now();
  const schedule = typeof schedstat === 'string' ? scheduleIn(schedstat) : undefined;
  const { name, state, startTicks } = told;
  const look = { tid, startTicks, name, state, schedule, at };
  // Who may not trace the process reads a wchan of 0 and no system call; one refusal is enough to know.
  if (hidden.has(HIDDEN_WAITS) || hidden.has(REFUSED_WAITS)) return { ...look, wchan: null, syscall: null };
  const syscall = readText(`${folder}syscall`);
  if (typeof syscall !== 'string') {
    if (isForbidden(syscall)) {
      hidden.add(mayTrace ? REFUSED_WAITS : HIDDEN_WAITS);
      return { ...look, wchan: null, syscall: null };
    }
    if (!isTaskGone(syscall, folder)) hidden.add(NO_SYSCALL);
  }
  const wchan = readText(`${folder}wchan`);
  return {
    ...look,
    wchan: typeof wchan === 'string' ? wchanIn(wchan) : null,
    syscall: typeof syscall === 'string' ? syscallIn(syscall, nameOf) : null,
  };
}

/**
 * /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst): nanoseconds on a CPU, nanoseconds ready but waiting,
 * and how often it was put on one. Undefined for other text, and for a thread that was never put on a CPU: so a kernel
 * without these counts reports all of them.
 */
export function scheduleIn(text: string): Schedule | undefined {
  const [, run, wait, slices] = /^(\d{1,20}) (\d{1,20}) (\d{1,20})\n?$/.exec(text) ?? [];
  return run === undefined || Number(slices) === 0 ? undefined : { runNs: Number(run), waitNs: Number(wait) };
}

const LONGEST_WCHAN = 64;

/** The kernel function by its plain name (`.constprop.0` and its like are the compiler's); `0` is none. */
export function wchanIn(text: string): string | null {
  const [name] = /^[A-Za-z_]\w*/.exec(text) ?? [];
  return name === undefined ? null : name.slice(0, LONGEST_WCHAN);
}

/** Whether a file is missing because the thread ended meanwhile, and not because the kernel has none. */
function isTaskGone(file: Unreadable, folder: string): boolean {
  return isGone(file) && typeof readText(`${folder}stat`) !== 'string';
}
