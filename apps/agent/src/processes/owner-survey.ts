import { type Owner } from '@closewatch/protocol';
import { Pacer } from '../pacer.ts';
import { type KnownProcess, type ProcessTable } from './process-table.ts';

/**
 * One slow walk through every descriptor of every process, for the owners of all tracked sockets at once: it finds who
 * inherited one after its owner was found, and who shares it under another user. It goes as far as it is told each time.
 */
export class OwnerSurvey {
  readonly #processes: ProcessTable;
  readonly #before: ReadonlyMap<number, readonly Owner[]>;
  readonly #mostOwners: number;
  readonly #found = new Map<number, Owner[]>();
  readonly #steps = this.#walk();

  /** `before`: the owners known so far, by inode. */
  constructor(processes: ProcessTable, before: ReadonlyMap<number, readonly Owner[]>, mostOwners: number) {
    this.#processes = processes;
    this.#before = before;
    this.#mostOwners = mostOwners;
  }

  /** Owners by inode; whom nobody was found for is not in it. An owner known before is the same object. */
  get found(): ReadonlyMap<number, readonly Owner[]> {
    return this.#found;
  }

  /** Follows so many descriptors more (about 7 µs each), yielding to the event loop; returns whether it is through. */
  async advance(descriptors: number): Promise<boolean> {
    const pacer = new Pacer();
    for (let i = 0; i < descriptors; i++) {
      if (this.#steps.next().done === true) return true;
      if (pacer.due()) await pacer.rest();
    }
    return false;
  }

  /** A step for each descriptor. */
  *#walk(): Generator<void> {
    for (const pid of this.#processes.pids()) {
      const descriptors = this.#processes.descriptorsOf(pid);
      yield;
      if (descriptors === 'hidden') continue;
      let known: KnownProcess | undefined;
      for (const descriptor of descriptors) {
        const inode = this.#processes.socketBehind(pid, descriptor);
        if (inode === 'hidden') break;
        if (inode !== undefined && this.#before.has(inode)) {
          known ??= this.#processes.remembered(pid) ?? this.#processes.meet(pid);
          if (known === undefined) break;
          this.#note(inode, known, Number(descriptor));
        }
        yield;
      }
    }
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
