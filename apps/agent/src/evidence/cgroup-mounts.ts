/** A mounted control group hierarchy in which the cpu controller may be. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** The control group that is mounted, seen from the agent's cgroup namespace: `/`, `/docker/ID`, `/../..`. */
  readonly root: string;
  readonly folder: string;
}

/** Where a control group is on disk: its folder, and the highest one that can be seen above it. */
export interface CgroupFolder {
  readonly version: 1 | 2;
  readonly folder: string;
  readonly top: string;
}

/**
 * The mounts in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)): of version 2, and of version 1 with the cpu
 * controller. Other lines, and broken ones, are passed over.
 */
export function cgroupMountsIn(mountinfo: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , , root, folder] = before?.split(' ') ?? [];
    const [type, , options = ''] = after?.split(' ') ?? [];
    if (root === undefined || folder === undefined) continue;
    if (type === 'cgroup2' || (type === 'cgroup' && options.split(',').includes('cpu'))) {
      mounts.push({ version: type === 'cgroup2' ? 2 : 1, root: unescaped(root), folder: unescaped(folder) });
    }
  }
  return mounts;
}

/**
 * The control group that limits a process' CPU time, in the text of /proc/PID/cgroup (cgroups(7)): that of version 1's
 * cpu controller, or of version 2 where version 1 has none. Undefined when it names neither.
 */
export function cpuCgroupIn(cgroup: string): { version: 1 | 2; path: string } | undefined {
  let unified: string | undefined;
  for (const line of cgroup.split('\n')) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers?.split(',').includes('cpu') === true) return { version: 1, path };
    if (hierarchy === '0' && controllers === '') unified = path;
  }
  return unified === undefined ? undefined : { version: 2, path: unified };
}

/**
 * Where a control group is mounted. Paths are told from the reader's cgroup namespace, those outside of it as `/../..`,
 * and a mount may show a part of the hierarchy only: it must begin at the group or above it. Undefined when none does.
 */
export function folderOf(
  { version, path }: { version: 1 | 2; path: string },
  mounts: readonly CgroupMount[],
): CgroupFolder | undefined {
  for (const { version: mounted, root, folder } of mounts) {
    if (mounted !== version) continue;
    const below =
      root === '/' ? path : path === root ? '/' : path.startsWith(`${root}/`) ? path.slice(root.length) : null;
    if (below === null || below.split('/').includes('..')) continue;
    return { version, folder: below === '/' ? folder : `${folder}${below}`, top: folder };
  }
  return undefined;
}

/** A folder and those above it, up to the top one. */
export function upwardsFrom({ folder, top }: CgroupFolder): string[] {
  const folders = [folder];
  for (let at = folder; at !== top && at.length > top.length;) {
    at = at.slice(0, at.lastIndexOf('/'));
    folders.push(at);
  }
  return folders;
}

/** Blanks, tabs, line ends and backslashes are octal in mountinfo: `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
