import { type ThreadWait } from '@closewatch/protocol';
import { type ThreadLook } from './thread-look.ts';

/** As many groups as the server takes. */
const MOST_WAITS = 32;

/** What threads do, with those that do the same counted together, most of them first. */
export function waitsOf(looks: readonly ThreadLook[]): ThreadWait[] {
  const groups = new Map<string, ThreadWait>();
  for (const { state, wchan, syscall } of looks) {
    const key = `${state} ${wchan} ${syscall}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { state, wchan, syscall, threads: 1 });
    else group.threads++;
  }
  return [...groups.values()].toSorted((a, b) => b.threads - a.threads).slice(0, MOST_WAITS);
}
