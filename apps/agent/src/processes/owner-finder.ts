import { type Connection, type Owner } from '@closewatch/protocol';
import { Pacer } from '../pacer.ts';
import { DescriptorKinds } from './descriptor-kinds.ts';
import { Orphans } from './orphans.ts';
import { OwnerSurvey } from './owner-survey.ts';
import { ProcessTable } from './process-table.ts';

/** A socket whose owners are asked for. */
export interface SocketHandle {
  readonly inode: number;
  readonly uid: number;
}

export interface Ownership {
  readonly ownership: Connection['ownership'];
  readonly owners: readonly Owner[];
}

/** As many owners of one socket as the server takes. */
export const MOST_OWNERS = 64;

/**
 * When somebody is found for all of them, so many descriptors more are followed for those who share one (7 ms); who is
 * not found by then shows in the next survey.
 */
const MORE_DESCRIPTORS = 1_000;

/** Which descriptors to follow: those of which nothing is remembered, or those remembered to lead to another socket. */
type Followed = 'unknown' | 'known';

interface Search {
  readonly wanted: Map<number, readonly Owner[]>;
  readonly followed: Followed;
  readonly pacer: Pacer;
  /** Descriptors to follow in this process. */
  readonly most: number;
}

/**
 * Finds who holds a socket: which descriptors of which processes lead to its inode. Following descriptors is what
 * costs, so for a new socket processes of its user are searched first, and descriptors last that led to a socket which
 * is still tracked. Who shares it besides shows in the next survey (owner-survey.ts).
 */
export class OwnerFinder {
  /** Sockets of all network namespaces that ended and may be held on. */
  readonly orphans = new Orphans(this);
  /** What the descriptors of owners are open on, as of the last survey. */
  readonly descriptorKinds = new DescriptorKinds();
  readonly #processes: ProcessTable;
  readonly #tracked = new Set<number>();
  /** Descriptors followed so far. */
  #followed = 0;

  /** `procRoot` is usually /proc; `bootedAtMs` dates the kernel's start since 1970. */
  constructor(procRoot: string, bootedAtMs: number) {
    this.#processes = new ProcessTable(procRoot, bootedAtMs);
  }

  /** Looks for all of them in one pass, by inode; yields to the event loop on the way. Never throws for a process that vanishes. */
  async find(sockets: readonly SocketHandle[]): Promise<Map<number, Ownership>> {
    const wanted = new Map<number, readonly Owner[]>();
    const uids = new Set<number>();
    for (const { inode, uid } of sockets) {
      if (inode === 0) continue;
      wanted.set(inode, NOBODY);
      uids.add(uid);
      this.#tracked.add(inode);
    }
    const hidden = wanted.size > 0 && (await this.#search(wanted, uids));
    return new Map(sockets.map(({ inode }): [number, Ownership] => [inode, ownershipOf(wanted.get(inode), hidden)]));
  }

  /** Begins a walk through all processes for the owners of these, by inode; `owners` are those known so far. */
  survey(owners: ReadonlyMap<number, readonly Owner[]>): OwnerSurvey {
    return new OwnerSurvey(this.#processes, owners, MOST_OWNERS, this.descriptorKinds);
  }

  /** Whether this descriptor still leads to that socket. */
  stillHolds({ pid, descriptor }: Owner, inode: number): boolean {
    return descriptor !== null && this.#processes.socketBehind(pid, String(descriptor)) === inode;
  }

  /** When the processes of these pids began, as an owner's `startedAt`; who is gone is not in it. */
  startsOf(pids: Iterable<number>): Promise<Map<number, string>> {
    return this.#processes.startsOf(pids);
  }

  /** These no longer hold the socket, which is tracked on. */
  release(inode: number, owners: readonly Owner[]): void {
    this.#processes.release(inode, owners);
  }

  /** Stops remembering a socket that is no longer tracked. */
  forget(inode: number, owners: readonly Owner[]): void {
    this.#tracked.delete(inode);
    this.#processes.release(inode, owners);
  }

  /** Returns whether a process would not let itself be searched. */
  async #search(wanted: Map<number, readonly Owner[]>, uids: ReadonlySet<number>): Promise<boolean> {
    const pacer = new Pacer();
    const likely: number[] = [];
    const others: number[] = [];
    for (const pid of this.#processes.pids()) {
      (uids.has(this.#processes.uidOf(pid) ?? -1) ? likely : others).push(pid);
      if (pacer.due()) await pacer.rest();
    }
    // With hidepid, not even the first process of the namespace shows.
    let hidden = !likely.includes(1) && !others.includes(1);
    const inOrder = this.#processes.inOrderOfSearch(likely);
    // A descriptor's number is used again at once, while the socket it led to may live on with somebody else: when
    // nobody is found otherwise, what is remembered of descriptors is not trusted either.
    const passes: readonly [readonly number[], Followed][] = [
      [inOrder, 'unknown'],
      [others, 'unknown'],
      [[...inOrder, ...others], 'known'],
    ];
    let most = Number.POSITIVE_INFINITY;
    for (const [pids, followed] of passes) {
      for (const pid of pids) {
        const before = this.#followed;
        if (!(await this.#searchProcess(pid, { wanted, followed, pacer, most }))) hidden = true;
        if (most !== Number.POSITIVE_INFINITY) most -= this.#followed - before;
        else if (allOwned(wanted)) most = MORE_DESCRIPTORS;
        if (most <= 0) return hidden;
      }
      if (most !== Number.POSITIVE_INFINITY) break;
    }
    return hidden;
  }

  /** Returns whether the process let itself be searched. */
  async #searchProcess(pid: number, { wanted, followed, pacer, most }: Search): Promise<boolean> {
    let known = this.#processes.remembered(pid);
    if (followed === 'known' && known === undefined) return true;
    const descriptors = await this.#processes.listDescriptors(pid, pacer);
    if (descriptors === 'hidden') return false;
    const end = this.#followed + most;
    for (const descriptor of descriptors) {
      const before = known?.descriptors.get(descriptor);
      const isKnown = before !== undefined && this.#tracked.has(before) && !wanted.has(before);
      if (isKnown !== (followed === 'known')) continue;
      if (this.#followed >= end) return true;
      this.#followed++;
      const inode = this.#processes.socketBehind(pid, String(descriptor));
      // One that may be listed but not followed is like the others of its process.
      if (inode === 'hidden') return false;
      if (pacer.due()) await pacer.rest();
      const owners = inode === undefined ? undefined : wanted.get(inode);
      if (inode === undefined || owners === undefined || owners.length >= MOST_OWNERS) continue;
      known ??= this.#processes.meet(pid);
      if (known === undefined) return true;
      known.descriptors.set(descriptor, inode);
      const owner: Owner = { ...known.description, descriptor };
      // Nearly all have one owner: a list that grows would keep room for sixteen more.
      wanted.set(inode, owners.length === 0 ? [owner] : [...owners, owner]);
    }
    return true;
  }
}

const NOBODY: readonly Owner[] = [];

function allOwned(wanted: ReadonlyMap<number, readonly Owner[]>): boolean {
  for (const owners of wanted.values()) if (owners.length === 0) return false;
  return true;
}

/** `owners` is undefined for a socket without an inode. */
function ownershipOf(owners: readonly Owner[] | undefined, hidden: boolean): Ownership {
  if (owners === undefined) return { ownership: 'not_accepted', owners: [] };
  if (owners.length === 1) return { ownership: 'known', owners };
  // Whoever began first comes first, however they were found: pids rise.
  if (owners.length > 0) return { ownership: 'known', owners: owners.toSorted(byPid) };
  return { ownership: hidden ? 'hidden' : 'none', owners };
}

function byPid(a: Owner, b: Owner): number {
  return a.pid - b.pid || (a.descriptor ?? 0) - (b.descriptor ?? 0);
}
