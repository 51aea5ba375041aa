import { type Connection, type Owner } from '@closewatch/protocol';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { describeProcess, readStat, type ProcessDescription } from './process-description.ts';

/** A socket whose owners are asked for. */
export interface SocketHandle {
  readonly inode: number;
  readonly uid: number;
}

export interface Ownership {
  readonly ownership: Connection['ownership'];
  readonly owners: readonly Owner[];
}

interface KnownProcess {
  readonly startTicks: number;
  readonly description: ProcessDescription;
  /** Descriptors that were followed to sockets that are still tracked: descriptor → inode. */
  readonly descriptors: Map<number, number>;
}

const MOST_OWNERS = 64;
const SOCKET_LINK = /^socket:\[(\d+)\]$/;

/**
 * Finds who holds a socket: which descriptors of which processes lead to its inode. Following descriptors is what
 * costs, so it is done for new sockets only, in processes of the socket's user first, and never again for a
 * descriptor that leads to a socket still tracked.
 */
export class OwnerFinder {
  readonly #procRoot: string;
  readonly #bootedAtMs: number;
  readonly #processes = new Map<number, KnownProcess>();
  readonly #tracked = new Set<number>();

  /** `procRoot` is usually /proc; `bootedAtMs` dates the kernel's start since 1970. */
  constructor(procRoot: string, bootedAtMs: number) {
    this.#procRoot = procRoot;
    this.#bootedAtMs = bootedAtMs;
  }

  /** Looks for all of them in one pass, by inode; yields to the event loop on the way. Never throws for a process that vanishes. */
  async find(sockets: readonly SocketHandle[]): Promise<Map<number, Ownership>> {
    const wanted = new Map<number, Owner[]>();
    const uids = new Set<number>();
    for (const { inode, uid } of sockets) {
      if (inode === 0) continue;
      wanted.set(inode, []);
      uids.add(uid);
      this.#tracked.add(inode);
    }
    const hidden = wanted.size > 0 && (await this.#search(wanted, uids));
    return new Map(sockets.map(({ inode }): [number, Ownership] => [inode, ownershipOf(wanted.get(inode), hidden)]));
  }

  /** Whether this descriptor still leads to that socket. */
  stillHolds({ pid, descriptor }: Owner, inode: number): boolean {
    return descriptor !== null && this.#socketBehind(pid, String(descriptor)) === inode;
  }

  /** The pids of `owners` that have exited since; their sockets may have passed to somebody else. */
  exited(pids: Iterable<number>): Set<number> {
    const exited = new Set<number>();
    for (const pid of pids) {
      if (readStat(this.#procRoot, pid)?.startTicks !== this.#processes.get(pid)?.startTicks) exited.add(pid);
    }
    for (const pid of exited) this.#processes.delete(pid);
    return exited;
  }

  /** Stops remembering a socket that is no longer tracked. */
  forget(inode: number, owners: readonly Owner[]): void {
    this.#tracked.delete(inode);
    for (const { pid, descriptor } of owners) {
      const known = this.#processes.get(pid);
      if (descriptor !== null && known?.descriptors.get(descriptor) === inode) known.descriptors.delete(descriptor);
      if (known?.descriptors.size === 0) this.#processes.delete(pid);
    }
  }

  /** Returns whether a process would not let itself be searched. */
  async #search(wanted: Map<number, Owner[]>, uids: ReadonlySet<number>): Promise<boolean> {
    const pacer = new Pacer();
    const likely: number[] = [];
    const others: number[] = [];
    for (const pid of this.#pids()) {
      (uids.has(this.#uidOf(pid) ?? -1) ? likely : others).push(pid);
      if (pacer.due()) await pacer.rest();
    }
    // With hidepid, not even the first process of the namespace shows.
    let hidden = !likely.includes(1) && !others.includes(1);
    for (const pid of likely) if (!(await this.#searchProcess(pid, wanted, pacer))) hidden = true;
    if ([...wanted.values()].every((owners) => owners.length > 0)) return hidden;
    for (const pid of others) if (!(await this.#searchProcess(pid, wanted, pacer))) hidden = true;
    return hidden;
  }

  async #searchProcess(pid: number, wanted: Map<number, Owner[]>, pacer: Pacer): Promise<boolean> {
    let descriptors: string[];
    try {
      descriptors = readdirSync(join(this.#procRoot, String(pid), 'fd'));
    } catch (error) {
      return !isForbidden(error);
    }
    let known = this.#stillKnown(pid);
    for (const descriptor of descriptors) {
      const followed = known?.descriptors.get(Number(descriptor));
      if (followed !== undefined && this.#tracked.has(followed) && !wanted.has(followed)) continue;
      const inode = this.#socketBehind(pid, descriptor);
      // One that may be listed but not followed is like the others of its process.
      if (inode === 'hidden') return false;
      if (pacer.due()) await pacer.rest();
      const owners = inode === undefined ? undefined : wanted.get(inode);
      if (inode === undefined || owners === undefined || owners.length >= MOST_OWNERS) continue;
      known ??= this.#meet(pid);
      if (known === undefined) return true;
      known.descriptors.set(Number(descriptor), inode);
      owners.push({ ...known.description, descriptor: Number(descriptor) });
    }
    return true;
  }

  #pids(): number[] {
    return readdirSync(this.#procRoot)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  }

  #uidOf(pid: number): number | undefined {
    try {
      return statSync(join(this.#procRoot, String(pid))).uid;
    } catch {
      return undefined;
    }
  }

  #socketBehind(pid: number, descriptor: string): number | 'hidden' | undefined {
    try {
      const link = SOCKET_LINK.exec(readlinkSync(join(this.#procRoot, String(pid), 'fd', descriptor)));
      return link === null ? undefined : Number(link[1]);
    } catch (error) {
      return isForbidden(error) ? 'hidden' : undefined;
    }
  }

  #stillKnown(pid: number): KnownProcess | undefined {
    const known = this.#processes.get(pid);
    if (known === undefined || readStat(this.#procRoot, pid)?.startTicks === known.startTicks) return known;
    this.#processes.delete(pid);
    return undefined;
  }

  #meet(pid: number): KnownProcess | undefined {
    const stat = readStat(this.#procRoot, pid);
    if (stat === undefined) return undefined;
    const description = describeProcess(this.#procRoot, pid, stat, this.#bootedAtMs);
    const known = { startTicks: stat.startTicks, description, descriptors: new Map<number, number>() };
    this.#processes.set(pid, known);
    return known;
  }
}

/** `owners` is undefined for a socket without an inode. */
function ownershipOf(owners: readonly Owner[] | undefined, hidden: boolean): Ownership {
  if (owners === undefined) return { ownership: 'not_accepted', owners: [] };
  if (owners.length > 0) return { ownership: 'known', owners };
  return { ownership: hidden ? 'hidden' : 'none', owners };
}

function isForbidden(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}
