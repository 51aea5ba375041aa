import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Pacer } from '../pacer.ts';

/** A network namespace other than the agent's own. */
export interface FoundNamespace {
  /** Of /proc/PID/ns/net; where that may not be read, of the namespace's own /proc/PID/net/tcp, drawn from the same numbers. */
  readonly inode: number;
  /** Inode of /proc/PID/net/tcp, which is the namespace's and not the process's; undefined without a process. */
  readonly tableInode: number | undefined;
  /** Processes in it, lowest first, as far as they are worth keeping; none where only a name holds it. */
  readonly pids: readonly number[];
  /** Where `ip netns` and its like have bound it to a name. */
  readonly mount: NamespaceMount | undefined;
}

export interface NamespaceMount {
  readonly name: string;
  readonly path: string;
}

/** More of one namespace are of no use: any of them opens it. */
const MOST_PIDS = 64;
/** So many are asked for the namespace's inode, which one may refuse and another tell. */
const ASKED = 8;
const NAMESPACE_LINK = /^net:\[(\d+)\]$/;

/**
 * Finds the other network namespaces by looking at every process. Which one it is in shows in the inode of its
 * /proc/PID/net/tcp (fs/proc/proc_net.c makes one for each namespace), which anybody may ask, while the link
 * /proc/PID/ns/net takes ptrace rights. A look costs 9 µs a process. Remembering answers by pid and start time would cost
 * more (15 µs to read the start time), and miss processes that move.
 */
export class NamespaceFinder {
  readonly #procRoot: string;
  readonly #nameFolders: readonly string[];
  /**
   * Inodes that found namespaces go by, by the inode of their tables. One that went by that for want of a right goes by
   * it for ever; of the others it is asked again, for the kernel gives the numbers of a namespace that is gone to the next.
   */
  #inodes = new Map<number, number>();

  /** `nameFolders`: where names are bound; the first process's view of /run/netns is the host's. */
  constructor(procRoot: string, nameFolders: readonly string[] = [join(procRoot, '1/root/run/netns'), '/run/netns']) {
    this.#procRoot = procRoot;
    this.#nameFolders = nameFolders;
  }

  /** All of them, in the order of their lowest processes, then those that only have a name. Throws without a /proc. */
  async find(): Promise<FoundNamespace[]> {
    const own = statSync(join(this.#procRoot, 'self/ns/net'));
    const groups = await this.#groups();
    groups.delete(tableInodeOf(this.#procRoot, 'self') ?? 0);
    const found = new Map<number, FoundNamespace>();
    const inodes = new Map<number, number>();
    for (const [tableInode, pids] of groups) {
      const known = this.#inodes.get(tableInode);
      const inode = known === tableInode ? known : (this.#inodeOf(pids) ?? known ?? tableInode);
      inodes.set(tableInode, inode);
      if (inode !== own.ino && !found.has(inode)) found.set(inode, { inode, tableInode, pids, mount: undefined });
    }
    this.#inodes = inodes;
    // Whose inode is not to be read may be any of the named ones.
    const someHidden = [...found.values()].some(({ inode, tableInode }) => inode === tableInode);
    for (const { inode, mount } of this.#mounts(own.dev)) {
      const known = found.get(inode);
      if (inode === own.ino || known?.mount !== undefined || (known === undefined && someHidden)) continue;
      found.set(inode, { ...(known ?? { inode, tableInode: undefined, pids: [] }), mount });
    }
    return [...found.values()];
  }

  /** Whether something that was found in it still holds it: its process `pid`, or without one its name. */
  isHeld({ inode, tableInode, mount }: FoundNamespace, pid: number | undefined): boolean {
    if (pid !== undefined) return tableInodeOf(this.#procRoot, pid) === tableInode;
    return mount !== undefined && statOrNothing(mount.path)?.ino === inode;
  }

  async #groups(): Promise<Map<number, number[]>> {
    const groups = new Map<number, number[]>();
    const pacer = new Pacer();
    for (const entry of readdirSync(this.#procRoot)) {
      const pid = Number(entry);
      if (!Number.isInteger(pid)) continue;
      if (pacer.due()) await pacer.rest();
      const tableInode = tableInodeOf(this.#procRoot, pid);
      if (tableInode === undefined) continue;
      const group = groups.get(tableInode);
      if (group === undefined) groups.set(tableInode, [pid]);
      else if (group.length < MOST_PIDS) group.push(pid);
    }
    return groups;
  }

  #inodeOf(pids: readonly number[]): number | undefined {
    for (const pid of pids.slice(0, ASKED)) {
      try {
        const link = NAMESPACE_LINK.exec(readlinkSync(join(this.#procRoot, String(pid), 'ns/net')));
        if (link !== null) return Number(link[1]);
      } catch {
        // Gone, or not ours to see.
      }
    }
    return undefined;
  }

  /** `device`: of the namespaces' own file system. A name that is not bound (yet) is an ordinary file. */
  *#mounts(device: number): Generator<{ inode: number; mount: NamespaceMount }> {
    for (const folder of this.#nameFolders) {
      let names: string[];
      try {
        names = readdirSync(folder);
      } catch {
        continue;
      }
      for (const name of names) {
        const path = join(folder, name);
        const stat = statOrNothing(path);
        if (stat?.dev === device) yield { inode: stat.ino, mount: { name, path } };
      }
    }
  }
}

/** Undefined when the process is gone, or has let go of its namespace because it is about to be. */
export function tableInodeOf(procRoot: string, pid: number | 'self'): number | undefined {
  return statOrNothing(join(procRoot, String(pid), 'net/tcp'))?.ino;
}

function statOrNothing(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
