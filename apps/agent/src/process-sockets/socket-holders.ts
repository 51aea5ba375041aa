import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { type Pacer } from '../pacer.ts';
import { type ProcessTable } from '../processes/process-table.ts';
import { type SocketRoll } from '../sockets/socket-roll.ts';
import { DescriptorSearch } from './descriptor-search.ts';
import { noteDescriptor, type Holder, type Holdings } from './holder.ts';
import { type HolderList } from './holder-list.ts';

/** Turns between two searches for a socket that was not found: doubled each time, up to this many. */
const MOST_TURNS_BETWEEN = 16;
/** Sockets between two looks at the clock. */
const STRIDE = 256;

/** What a turn could not find out. */
export interface Unfound {
  /** Sockets nobody was found for because the turn's descriptors were used up. */
  readonly notLookedUp: number;
  /** Some process would not let itself be searched. */
  readonly hidden: boolean;
}

/** CLOSE_WAIT sockets whose owners are kept true elsewhere: the leak tracker. */
export interface TrackedOwners {
  open(): Iterable<Pick<TrackedSocket, 'inode' | 'owners'>>;
}

const NOBODY: readonly Holder[] = [];

/**
 * Remembers who holds each socket from turn to turn, so that only new ones are searched for. A socket may have several
 * holders. What a holder closed while another kept it, or was handed by another, shows when it is searched as a whole.
 */
export class SocketHolders {
  readonly #holders: HolderList;
  readonly #search: DescriptorSearch;
  #byInode: Holdings = new Map();
  /** Those nobody was found for: searched for again every so many turns. */
  readonly #pauses = new Map<number, number>();
  #turn = 0;

  constructor(processes: ProcessTable, holders: HolderList) {
    this.#holders = holders;
    this.#search = new DescriptorSearch(processes, holders);
  }

  /** Whoever holds it, as of the last update. */
  of(inode: number): readonly Holder[] {
    return this.#byInode.get(inode) ?? NOBODY;
  }

  /**
   * Brings the memory up to date with the sockets on `roll`, following at most `budget` descriptors (about 7 µs each).
   * Owners that `tracker` knows are taken over. Never throws for a process that vanishes.
   */
  async update(
    roll: SocketRoll,
    tracker: TrackedOwners,
    { budget, pacer }: { readonly budget: number; readonly pacer: Pacer },
  ): Promise<Unfound> {
    this.#turn++;
    await this.#holders.dropExited(pacer);
    const unknown = await this.#present(roll, pacer);
    await this.#takeOver(tracker, pacer);
    const wanted = new Map<number, number>();
    for (const [inode, uid] of unknown) {
      if (this.of(inode).length === 0 && this.#turn % (this.#pauses.get(inode) ?? 1) === 0) wanted.set(inode, uid);
    }
    const { complete, hidden } = await this.#search.run({
      byInode: this.#byInode,
      wanted,
      turn: this.#turn,
      budget,
      pacer,
    });
    this.#settle(unknown, wanted, complete);
    await this.#holders.dropIdle((inode) => this.#byInode.has(inode), pacer);
    return { notLookedUp: complete ? 0 : countOf(wanted.keys(), (inode) => this.of(inode).length === 0), hidden };
  }

  /** Forgets sockets that are gone and holders that have exited; returns those whose holder is not known, with their uid. */
  async #present(roll: SocketRoll, pacer: Pacer): Promise<Map<number, number>> {
    const before = this.#byInode;
    const present: Holdings = new Map();
    const unknown = new Map<number, number>();
    for (let i = 0; i < roll.length; i++) {
      if (i % STRIDE === 0 && pacer.due()) await pacer.rest();
      const inode = roll.inode(i);
      if (inode === 0) continue;
      const holders = alive(before.get(inode) ?? NOBODY);
      present.set(inode, holders);
      if (holders.length === 0) unknown.set(inode, roll.uid(i));
    }
    this.#byInode = present;
    return unknown;
  }

  /** The owners of CLOSE_WAIT sockets are found already, and kept true. */
  async #takeOver(tracker: TrackedOwners, pacer: Pacer): Promise<void> {
    let i = 0;
    for (const { inode, owners } of tracker.open()) {
      if (i++ % STRIDE === 0 && pacer.due()) await pacer.rest();
      if (!this.#byInode.has(inode)) continue;
      for (const owner of owners) {
        const holder = this.#holders.meet(owner.pid);
        if (holder?.process.startedAt !== owner.startedAt || owner.descriptor === null) continue;
        noteDescriptor(this.#byInode, holder, owner.descriptor, inode);
      }
    }
  }

  #settle(unknown: ReadonlyMap<number, number>, wanted: ReadonlyMap<number, number>, complete: boolean): void {
    for (const inode of this.#pauses.keys()) if (!unknown.has(inode)) this.#pauses.delete(inode);
    for (const inode of wanted.keys()) {
      if (this.of(inode).length > 0) this.#pauses.delete(inode);
      else if (complete) this.#pauses.set(inode, Math.min((this.#pauses.get(inode) ?? 1) * 2, MOST_TURNS_BETWEEN));
    }
  }
}

function alive(holders: readonly Holder[]): readonly Holder[] {
  if (!holders.some(({ gone }) => gone)) return holders;
  const left = holders.filter(({ gone }) => !gone);
  return left.length === 1 ? (left[0]?.alone ?? NOBODY) : left;
}

function countOf<Value>(values: Iterable<Value>, holds: (value: Value) => boolean): number {
  let count = 0;
  for (const value of values) if (holds(value)) count++;
  return count;
}
