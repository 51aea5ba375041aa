import { type Namespace } from '@closewatch/protocol';
import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { placementIn } from '../processes/cgroup.ts';
import { readStat } from '../processes/process-description.ts';
import { textOrNothing } from '../file-text.ts';
import { type ContainerNames } from './container-names.ts';
import { type FoundNamespace } from './namespace-finder.ts';

/** The process that was first in a namespace: the one a container is made of, or a pod's `pause`. */
export interface Eldest {
  readonly pid: number;
  readonly startTicks: number;
}

const LONGEST_NAME = 256;
const SHORT_ID = 12;

/** The process of it that started first; undefined when none is left. */
export function eldestOf(procRoot: string, { pids }: FoundNamespace): Eldest | undefined {
  let eldest: Eldest | undefined;
  for (const pid of pids) {
    const startTicks = readStat(procRoot, pid)?.startTicks;
    if (startTicks !== undefined && startTicks < (eldest?.startTicks ?? Number.POSITIVE_INFINITY)) {
      eldest = { pid, startTicks };
    }
  }
  return eldest;
}

/**
 * What people know a namespace by: its container's name or short id, a name of `ip netns`, else `executable (pid)` of
 * its eldest process. `before`: what it went by; the same container is not asked for its name again.
 */
export function nameNamespace(
  procRoot: string,
  found: FoundNamespace,
  eldest: Eldest | undefined,
  containers: ContainerNames,
  before?: Namespace,
): Namespace {
  const { inode, mount } = found;
  const containerId = eldest === undefined ? undefined : containerOf(procRoot, eldest.pid);
  if (containerId !== undefined) {
    if (before?.containerId === containerId) return before;
    const name = containers.nameOf(containerId) ?? containerId.slice(0, SHORT_ID);
    return { inode, name: fit(name), containerId };
  }
  if (mount !== undefined) return { inode, name: fit(mount.name) };
  return {
    inode,
    name: fit(eldest === undefined ? `netns ${inode}` : `${executableOf(procRoot, eldest.pid)} (${eldest.pid})`),
  };
}

function containerOf(procRoot: string, pid: number): string | undefined {
  return placementIn(textOrNothing(join(procRoot, String(pid), 'cgroup'))).containerId;
}

function executableOf(procRoot: string, pid: number): string {
  try {
    return basename(readlinkSync(join(procRoot, String(pid), 'exe')).replace(/ \(deleted\)$/, ''));
  } catch {
    // Not ours to see. What a process calls itself is: `nginx: master process`.
    const [word] = textOrNothing(join(procRoot, String(pid), 'cmdline')).split(/[\0 ]/);
    return basename((word ?? '').replace(/:$/, '')) || (readStat(procRoot, pid)?.name ?? 'process');
  }
}

/** Fit for the wire: no control characters, no broken surrogate pairs, not empty, not too long. */
function fit(name: string): string {
  return (
    name
      .replaceAll(/\p{Cc}/gu, ' ')
      .slice(0, LONGEST_NAME)
      .toWellFormed() || 'unnamed'
  );
}
