import { type Owner } from '@closewatch/protocol';
import { Pacer } from '../pacer.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';

/** A socket that left the kernel's tables while a descriptor of it stays open. */
export interface HeldOrphan {
  readonly inode: number;
  readonly socketId: string;
  /** Milliseconds on the monotonic clock. */
  readonly orphanedAt: number;
  readonly owners: readonly Owner[];
}

/** What it takes to follow descriptors (owner-finder.ts). */
export interface DescriptorFollower {
  /** Whether this descriptor still leads to that socket. */
  stillHolds(owner: Owner, inode: number): boolean;
  /** These no longer hold the socket. */
  release(inode: number, owners: readonly Owner[]): void;
  /** Nothing is to be remembered of the socket any more. */
  forget(inode: number, owners: readonly Owner[]): void;
}

interface Suspect {
  readonly socketId: string;
  readonly orphanedAt: number;
}

/** Bounds memory: beyond, the oldest go first, and descriptors of so many have been searched in vain or not at all. */
const MOST_HELD = 50_000;
const MOST_SUSPECTS = 20_000;

/**
 * Orphaned sockets of the host, until the last descriptor of each is closed. A socket's known descriptors are followed;
 * when all of them are closed somebody unknown may hold it by another one (a duplicate, an heir): it becomes a suspect,
 * and the next survey through all descriptors (survey-rounds.ts) tells.
 */
export class Orphans {
  readonly #follower: DescriptorFollower;
  readonly #held = new Map<number, HeldOrphan>();
  readonly #suspects = new Map<number, Suspect>();
  #version = 0;

  constructor(follower: DescriptorFollower) {
    this.#follower = follower;
  }

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Changes with whom there are. */
  get version(): number {
    return this.#version;
  }

  /** Those held now, in no order. */
  held(): Iterable<HeldOrphan> {
    return this.#held.values();
  }

  /** Follows a socket that has ended: it is orphaned, or seems closed, which a survey is to confirm. */
  ended({ inode, socketId, owners, ended, ownership }: TrackedSocket): void {
    if (ended === undefined || inode === 0 || ownership !== 'known') return;
    if (ended.as === 'orphaned') this.#hold({ inode, socketId, orphanedAt: ended.at, owners });
    else if (ended.as === 'closed') this.#suspect(inode, { socketId, orphanedAt: ended.at });
  }

  /** Whether the descriptors of this socket are followed here. */
  follows(inode: number): boolean {
    return this.#held.has(inode);
  }

  /** It is in the tables again: two looks in a row had missed it. Its descriptors are another's to follow. */
  reappeared(inode: number): void {
    this.#suspects.delete(inode);
    if (this.#held.delete(inode)) this.#version++;
  }

  /** Looks whether they are still held, at most so many descriptors (about 7 µs each), those that waited longest first. */
  async follow(descriptors: number): Promise<void> {
    const pacer = new Pacer();
    let left = descriptors;
    for (const orphan of [...this.#held.values()].slice(0, descriptors)) {
      if (left <= 0) return;
      left -= this.#look(orphan);
      if (pacer.due()) await pacer.rest();
    }
  }

  /** Whom a survey is to look for: owners known so far, by inode. */
  *wanted(): Generator<[number, readonly Owner[]]> {
    for (const { inode, owners } of this.#held.values()) yield [inode, owners];
    for (const inode of this.#suspects.keys()) yield [inode, []];
  }

  /** Takes over what a survey found of those it was begun for: `found` has whom somebody holds. */
  surveyed(begunFor: Iterable<number>, found: ReadonlyMap<number, readonly Owner[]>): void {
    for (const inode of begunFor) {
      const owners = found.get(inode);
      const orphan = this.#held.get(inode);
      const suspect = this.#suspects.get(inode);
      this.#suspects.delete(inode);
      if (owners === undefined) continue;
      if (orphan !== undefined) this.#correct(orphan, owners);
      else if (suspect !== undefined) this.#hold({ inode, ...suspect, owners });
      else this.#follower.release(inode, owners);
    }
  }

  #hold(orphan: HeldOrphan): void {
    this.#suspects.delete(orphan.inode);
    this.#held.set(orphan.inode, orphan);
    this.#version++;
    if (this.#held.size <= MOST_HELD) return;
    for (const oldest of this.#held.values()) {
      this.#letGo(oldest);
      return;
    }
  }

  #suspect(inode: number, suspect: Suspect): void {
    this.#suspects.set(inode, suspect);
    if (this.#suspects.size <= MOST_SUSPECTS) return;
    for (const oldest of this.#suspects.keys()) {
      this.#suspects.delete(oldest);
      return;
    }
  }

  /** Returns how many descriptors it followed. */
  #look(orphan: HeldOrphan): number {
    const { inode, socketId, orphanedAt } = orphan;
    const owners = orphan.owners.filter((owner) => this.#follower.stillHolds(owner, inode));
    // Behind those that are still to be looked at.
    this.#held.delete(inode);
    if (owners.length === 0) {
      this.#letGo(orphan);
      this.#suspect(inode, { socketId, orphanedAt });
    } else if (owners.length === orphan.owners.length) {
      this.#held.set(inode, orphan);
    } else {
      this.#held.set(inode, orphan);
      this.#correct(orphan, owners);
    }
    return orphan.owners.length;
  }

  #correct(orphan: HeldOrphan, owners: readonly Owner[]): void {
    const { inode } = orphan;
    if (owners.length === orphan.owners.length && owners.every((owner) => orphan.owners.includes(owner))) return;
    const left = orphan.owners.filter((owner) => !owners.includes(owner));
    this.#follower.release(inode, left);
    this.#held.set(inode, { ...orphan, owners });
    this.#version++;
  }

  #letGo({ inode, owners }: HeldOrphan): void {
    this.#held.delete(inode);
    this.#follower.forget(inode, owners);
    this.#version++;
  }
}
