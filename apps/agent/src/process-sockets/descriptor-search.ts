import { type Pacer } from '../pacer.ts';
import { type ProcessTable } from '../processes/process-table.ts';
import { noteClosed, noteDescriptor, type Holdings } from './holder.ts';
import { type HolderList } from './holder-list.ts';

/** Every process is searched as a whole once in so many turns. */
const TURNS_TO_REVIEW_ALL = 20;

/** One turn's search. */
export interface SearchOrder {
  /** All sockets that are there, with who is known to hold them; what is found is written here. */
  readonly byInode: Holdings;
  /** Those to find, each with the uid it was opened under. */
  readonly wanted: ReadonlyMap<number, number>;
  /** Numbers the turns. */
  readonly turn: number;
  /** As many descriptors are followed at most. */
  readonly budget: number;
  readonly pacer: Pacer;
}

export interface SearchResult {
  /** Every descriptor that could lead to one of them was followed. */
  readonly complete: boolean;
  /** Some process would not let itself be searched. */
  readonly hidden: boolean;
}

/**
 * Follows descriptors to the sockets they lead to, as few as it takes: for sockets that are wanted, first those of known
 * holders among the processes of their user, then of others, until all are found, and none that led to a socket which is
 * still there. A process that is new is searched as a whole, for what it inherited, and each holder once in twenty turns,
 * for what it was handed, or closed while somebody else keeps it.
 */
export class DescriptorSearch {
  readonly #processes: ProcessTable;
  readonly #holders: HolderList;
  /** Uids of the processes of the last turn. */
  #uids = new Map<number, number>();
  #left = 0;
  #complete = true;
  #hidden = false;

  constructor(processes: ProcessTable, holders: HolderList) {
    this.#processes = processes;
    this.#holders = holders;
  }

  async run(order: SearchOrder): Promise<SearchResult> {
    const before = this.#uids;
    this.#uids = await this.#uidsNow(order.pacer);
    // With hidepid, not even the first process of the namespace shows.
    this.#hidden = !this.#uids.has(1);
    this.#complete = true;
    const { whole, holders, likely, others } = this.#groups(before, order);
    // Where processes come and go by the hundred, half is kept for the sockets that are wanted.
    const kept = before.size === 0 ? 0 : Math.floor(order.budget / 2);
    this.#left = order.budget - kept;
    for (const { pid, share } of this.#shares(whole)) await this.#searchWhole(pid, share(), order);
    this.#left += kept;
    const wanted = new Set<number>();
    for (const inode of order.wanted.keys()) if (order.byInode.get(inode)?.length === 0) wanted.add(inode);
    for (const group of [holders, likely, others]) {
      if (wanted.size === 0) break;
      for (const { pid, share } of this.#shares(group)) {
        if (wanted.size === 0) break;
        for (const inode of await this.#searchUnknown(pid, share(), order)) wanted.delete(inode);
      }
    }
    return { complete: this.#complete, hidden: this.#hidden };
  }

  async #uidsNow(pacer: Pacer): Promise<Map<number, number>> {
    const now = new Map<number, number>();
    for (const pid of this.#processes.pids()) {
      if (pacer.due()) await pacer.rest();
      const uid = this.#uids.get(pid) ?? this.#processes.uidOf(pid);
      if (uid !== undefined) now.set(pid, uid);
    }
    return now;
  }

  #groups(before: ReadonlyMap<number, number>, { wanted, turn }: SearchOrder) {
    const users = new Set(wanted.values());
    const groups = { whole: [] as number[], holders: [] as number[], likely: [] as number[], others: [] as number[] };
    for (const [pid, uid] of this.#uids) {
      const isHolder = this.#holders.known(pid) !== undefined;
      const isReviewed = isHolder && (pid + turn) % TURNS_TO_REVIEW_ALL === 0;
      if (!before.has(pid) || isReviewed) groups.whole.push(pid);
      else if (!users.has(uid)) groups.others.push(pid);
      else (isHolder ? groups.holders : groups.likely).push(pid);
    }
    return groups;
  }

  /** Those with few descriptors first: each may follow an equal share of what the ones before have left. */
  *#shares(pids: readonly number[]): Generator<{ pid: number; share: () => number }> {
    const sizes = new Map<number, number>();
    for (const pid of pids) {
      const known = this.#holders.known(pid)?.descriptors.size ?? 0;
      sizes.set(pid, this.#processes.descriptorCountOf(pid) - known);
    }
    const ordered = pids.toSorted((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
    for (const [place, pid] of ordered.entries()) {
      yield { pid, share: () => Math.floor(this.#left / (ordered.length - place)) };
    }
  }

  /** Afterwards it holds what was found, and nothing else that is remembered of it. */
  async #searchWhole(pid: number, share: number, order: SearchOrder): Promise<void> {
    const remembered = [...(this.#holders.known(pid)?.descriptors.values() ?? [])];
    const descriptors = await this.#descriptorsOf(pid, order.pacer);
    const isWhole = await this.#follow(pid, descriptors, share, order, () => undefined);
    const holder = this.#holders.known(pid);
    if (holder === undefined || !isWhole) return;
    const open = new Set(descriptors);
    for (const descriptor of holder.descriptors.keys()) {
      if (!open.has(descriptor)) holder.descriptors.delete(descriptor);
    }
    const held = new Set(holder.descriptors.values());
    for (const inode of remembered) {
      if (held.has(inode)) continue;
      noteClosed(order.byInode, holder, inode);
    }
  }

  /** Follows those of which nothing is remembered that is still there; returns what was found. */
  async #searchUnknown(pid: number, share: number, order: SearchOrder): Promise<readonly number[]> {
    const known = this.#holders.known(pid);
    const unknown = (await this.#descriptorsOf(pid, order.pacer)).filter((descriptor) => {
      const before = known?.descriptors.get(descriptor);
      // Another descriptor of the same socket may have been closed, and the holder's name been taken off it.
      return known === undefined || before === undefined || order.byInode.get(before)?.includes(known) !== true;
    });
    const found: number[] = [];
    await this.#follow(pid, unknown, share, order, (inode) => found.push(inode));
    return found;
  }

  async #descriptorsOf(pid: number, pacer: Pacer): Promise<readonly number[]> {
    const listed = await this.#processes.listDescriptors(pid, pacer);
    if (listed !== 'hidden') return listed;
    this.#hidden = true;
    return [];
  }

  /** Returns whether all of them were followed. Of too many it takes every so many, others each turn. */
  async #follow(
    pid: number,
    descriptors: readonly number[],
    share: number,
    { byInode, turn, pacer }: SearchOrder,
    note: (inode: number) => void,
  ): Promise<boolean> {
    const step = Math.max(1, Math.ceil(descriptors.length / Math.max(share, 1)));
    const isWhole = descriptors.length <= share;
    if (!isWhole) this.#complete = false;
    if (share === 0) return isWhole;
    for (let i = turn % step; i < descriptors.length; i += step) {
      const descriptor = descriptors[i] ?? 0;
      this.#left--;
      const inode = this.#processes.socketBehind(pid, String(descriptor));
      // One that may be listed but not followed is like the others of its process.
      if (inode === 'hidden') {
        this.#hidden = true;
        return false;
      }
      if (this.#noteHolder(pid, descriptor, inode, byInode) && inode !== undefined) note(inode);
      if (pacer.due()) await pacer.rest();
    }
    return isWhole;
  }

  /** Returns whether the descriptor leads to one of the sockets. */
  #noteHolder(pid: number, descriptor: number, inode: number | undefined, byInode: Holdings): boolean {
    if (inode === undefined || !byInode.has(inode)) {
      this.#holders.known(pid)?.descriptors.delete(descriptor);
      return false;
    }
    const holder = this.#holders.meet(pid);
    if (holder === undefined) return false;
    noteDescriptor(byInode, holder, descriptor, inode);
    return true;
  }
}
