import { type Owner } from '@closewatch/protocol';
import { Pacer } from '../pacer.ts';
import { kindOf, noKinds, type DescriptorKinds, type KindCounts } from './descriptor-kinds.ts';
import { socketIn, type KnownProcess, type ProcessTable } from './process-table.ts';

/** A process whose descriptors are followed one by one. */
interface Searched {
  readonly pid: number;
  readonly descriptors: readonly number[];
  next: number;
  known: KnownProcess | undefined;
  readonly kinds: KindCounts;
}

/**
 * One slow walk through every descriptor of every process, for the owners of all tracked sockets at once: it finds who
 * inherited one after its owner was found, and who shares it under another user. It goes as far as it is told each time.
 */
export class OwnerSurvey {
  readonly #processes: ProcessTable;
  readonly #before: ReadonlyMap<number, readonly Owner[]>;
  readonly #mostOwners: number;
  readonly #kinds: DescriptorKinds;
  readonly #found = new Map<number, Owner[]>();
  #pids: readonly number[] | undefined;
  #place = 0;
  #searched: Searched | undefined;

  /** `before`: the owners known so far, by inode; `kinds`: takes what the descriptors of owners are open on. */
  constructor(
    processes: ProcessTable,
    before: ReadonlyMap<number, readonly Owner[]>,
    mostOwners: number,
    kinds: DescriptorKinds,
  ) {
    this.#processes = processes;
    this.#before = before;
    this.#mostOwners = mostOwners;
    this.#kinds = kinds;
  }

  /** Owners by inode; whom nobody was found for is not in it. An owner known before is the same object. */
  get found(): ReadonlyMap<number, readonly Owner[]> {
    return this.#found;
  }

  /** Follows so many descriptors more (about 7 µs each), yielding to the event loop; returns whether it is through. */
  async advance(descriptors: number): Promise<boolean> {
    const pacer = new Pacer();
    for (let i = 0; i < descriptors; i++) {
      if (pacer.due()) await pacer.rest();
      const searched = this.#searched;
      if (searched !== undefined) this.#step(searched);
      else if (!(await this.#begin(pacer))) {
        this.#kinds.endRound();
        return true;
      }
    }
    return false;
  }

  /** Lists the descriptors of the next process; returns whether there is one. */
  async #begin(pacer: Pacer): Promise<boolean> {
    this.#pids ??= this.#processes.pids();
    const pid = this.#pids[this.#place++];
    if (pid === undefined) return false;
    const descriptors = await this.#processes.listDescriptors(pid, pacer);
    if (descriptors !== 'hidden' && descriptors.length > 0) {
      this.#searched = { pid, descriptors, next: 0, known: undefined, kinds: noKinds() };
    }
    return true;
  }

  /** Follows one descriptor; the process is through with the last, or when there is no more to learn of it. */
  #step(searched: Searched): void {
    const { pid, descriptors } = searched;
    const descriptor = descriptors[searched.next++] ?? 0;
    const isLast = searched.next >= descriptors.length;
    if (isLast) this.#searched = undefined;
    const link = this.#processes.linkOf(pid, String(descriptor));
    if (link === 'hidden') this.#searched = undefined;
    else if (link !== undefined) this.#learn(searched, descriptor, link);
    // Of a process without tracked sockets nobody asks.
    if (isLast && searched.known !== undefined) this.#kinds.note(searched.known.description, searched.kinds);
  }

  #learn(searched: Searched, descriptor: number, link: string): void {
    searched.kinds[kindOf(link)]++;
    const inode = socketIn(link);
    if (inode === undefined || !this.#before.has(inode)) return;
    searched.known ??= this.#processes.remembered(searched.pid) ?? this.#processes.meet(searched.pid);
    if (searched.known === undefined) this.#searched = undefined;
    else this.#note(inode, searched.known, descriptor);
  }

  #note(inode: number, known: KnownProcess, descriptor: number): void {
    const owners = this.#found.get(inode) ?? [];
    if (owners.length >= this.#mostOwners) return;
    const { pid, startedAt } = known.description;
    const same = this.#before
      .get(inode)
      ?.find((owner) => owner.pid === pid && owner.descriptor === descriptor && owner.startedAt === startedAt);
    owners.push(same ?? { ...known.description, descriptor });
    known.descriptors.set(descriptor, inode);
    this.#found.set(inode, owners);
  }
}
