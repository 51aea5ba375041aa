import { type ObservedProcess } from './observed.ts';
import { reason } from './reason.ts';
import { type MissingKey } from './reasons.ts';
import { type Reason } from './verdict.ts';

/** What agents write into `missing` of a process, by how it begins (apps/agent/src/evidence); newer wordings are `other`. */
const BEGINNINGS: readonly (readonly [string, MissingKey])[] = [
  ["wchan and system call of another user's process", 'missing.waits_hidden'],
  ['wchan and system call: the kernel refuses', 'missing.waits_refused'],
  ['system call: this kernel has no', 'missing.no_syscall'],
  ['run time and run-queue wait', 'missing.no_schedule'],
  ['CFS throttling: its control group lies outside', 'missing.cgroup_outside'],
  ['CFS throttling: no cgroup file system', 'missing.cgroup_not_mounted'],
  ['CFS throttling: cpu.stat', 'missing.cgroup_untold'],
];
/** Descriptors tell when they run out, and nothing of why. */
const NO_MATTER = 'number of descriptors';

/** What could not be seen of a process, of what a verdict rests on. */
export function missingOf({ missing, cpu, windowMs, threads }: ObservedProcess): Reason[] {
  const told: Reason[] = [];
  for (const text of missing) {
    if (text.startsWith(NO_MATTER)) continue;
    const key = BEGINNINGS.find(([beginning]) => text.startsWith(beginning))?.[1];
    told.push(key === undefined ? reason('missing.other', { text }) : reason(key));
  }
  if (cpu === null && windowMs === null) told.push(reason('missing.second_look'));
  if (threads.looked < threads.total)
    told.push(reason('missing.some_threads', { looked: threads.looked, total: threads.total }));
  return told;
}

export function waitsAreHidden(missing: readonly Reason[]): boolean {
  return missing.some(({ key }) => key === 'missing.waits_hidden' || key === 'missing.waits_refused');
}
