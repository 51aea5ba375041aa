/** Of /proc/PID/stat and /proc/PID/task/TID/stat (proc_pid_stat(5)). Ticks are 1/100 s on every Linux. */
export interface TaskStat {
  readonly name: string;
  /** One letter: R, S, D, T... */
  readonly state: string;
  /** User and system time; of a process over all its threads, those that ended included. */
  readonly cpuTicks: number;
  readonly threads: number;
  /** Since boot. With the id it tells tasks apart. */
  readonly startTicks: number;
}

export const MS_PER_TICK = 10;

/** Where fields are after the name, which may hold spaces and parentheses. */
const [STATE, USER_TIME, SYSTEM_TIME, THREADS, START] = [0, 11, 12, 17, 19];

/** Undefined when the text is no such file, or cut short. */
export function taskStatIn(text: string): TaskStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  const fields = text.slice(close + 2).split(' ');
  const state = fields[STATE] ?? '';
  const cpuTicks = numberIn(fields[USER_TIME]) + numberIn(fields[SYSTEM_TIME]);
  const threads = numberIn(fields[THREADS]);
  const startTicks = numberIn(fields[START]);
  if (!/^[A-Za-z]$/.test(state) || !Number.isSafeInteger(cpuTicks + threads + startTicks)) return undefined;
  return { name: text.slice(open + 1, close), state, cpuTicks, threads, startTicks };
}

function numberIn(field: string | undefined): number {
  return field !== undefined && /^\d+$/.test(field) ? Number(field) : Number.NaN;
}
