/** How often, and for how long over all CPUs, the threads of a control group were held back by its quota. */
export interface Throttled {
  readonly times: number;
  readonly ms: number;
}

/**
 * The text of a control group's cpu.stat: `nr_throttled`, and `throttled_time` in nanoseconds (version 1,
 * Documentation/scheduler/sched-bwc.rst) or `throttled_usec` in microseconds (version 2, cgroup-v2.rst). Undefined when
 * it tells neither.
 */
export function throttledIn(cpuStat: string, version: 1 | 2): Throttled | undefined {
  const field = (name: string): number => Number(new RegExp(`^${name} (\\d{1,20})$`, 'm').exec(cpuStat)?.[1]);
  const times = field('nr_throttled');
  const ms = version === 1 ? field('throttled_time') / 1e6 : field('throttled_usec') / 1e3;
  return Number.isFinite(times) && Number.isFinite(ms) ? { times, ms } : undefined;
}

/** The file that tells a control group's quota. */
export const QUOTA_FILE = { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' } as const;

/** Whether the text of that file is a quota: version 1 writes -1 and version 2 `max 100000` for none. */
export function isQuota(text: string): boolean {
  return /^\d/.test(text);
}
