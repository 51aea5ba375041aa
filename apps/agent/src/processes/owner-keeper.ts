import { type Owner } from '@closewatch/protocol';
import { type Findings, type LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { type OwnerFinder, type Ownership } from './owner-finder.ts';

/** Looks between two attempts to find an owner that was not found: doubled each time, up to this many. */
const MOST_LOOKS_BETWEEN = 16;

/**
 * Keeps the owners of the tracked sockets of one network namespace true: finds those of new ones, again when an owner
 * exits, and later when nobody was found. Who comes to share one is found by surveys (survey-rounds.ts).
 */
export class OwnerKeeper {
  readonly #finder: OwnerFinder;
  /** Sockets without an owner: after how many looks to try again, and how many are left. */
  readonly #unowned = new Map<TrackedSocket, { pause: number; left: number }>();

  constructor(finder: OwnerFinder) {
    this.#finder = finder;
  }

  /** Brings the owners of all open sockets up to date after a look. */
  async update(tracker: LeakTracker, { confirmed, accepted }: Findings): Promise<void> {
    const due = new Set<TrackedSocket>([...confirmed, ...accepted]);
    for (const tracked of await this.#leftByExit(tracker)) due.add(tracked);
    for (const [tracked, wait] of this.#unowned) {
      if (--wait.left <= 0 && tracked.missedAt === undefined) due.add(tracked);
    }
    for (const { inode } of confirmed) this.#finder.orphans.reappeared(inode);
    if (due.size === 0) return;
    const found = await this.#finder.find([...due]);
    for (const tracked of due) {
      const answer = found.get(tracked.inode);
      if (answer !== undefined) this.#settle(tracked, answer);
    }
  }

  /** Whether one of its owners still has its descriptor open. */
  stillHeld({ inode, owners }: TrackedSocket): boolean {
    return owners.some((owner) => this.#finder.stillHolds(owner, inode));
  }

  /** Stops following a socket that has ended; whether somebody holds it on is followed elsewhere (orphans.ts). */
  forget(tracked: TrackedSocket): void {
    this.#unowned.delete(tracked);
    this.#finder.orphans.ended(tracked);
    if (!this.#finder.orphans.follows(tracked.inode)) this.#finder.forget(tracked.inode, tracked.owners);
  }

  /** Takes over the owners that a survey found, where they are others than are known. */
  correct(tracked: TrackedSocket, found: readonly Owner[]): void {
    const { owners } = tracked;
    if (found.length === owners.length && found.every((owner) => owners.includes(owner))) return;
    this.#finder.release(
      tracked.inode,
      owners.filter((owner) => !found.includes(owner)),
    );
    this.#settle(tracked, { ownership: 'known', owners: found });
  }

  #settle(tracked: TrackedSocket, answer: Ownership): void {
    const before = this.#unowned.get(tracked);
    if (answer.ownership === 'known') {
      this.#unowned.delete(tracked);
    } else if (answer.ownership === 'none') {
      const pause = Math.min((before?.pause ?? 0.5) * 2, MOST_LOOKS_BETWEEN);
      this.#unowned.set(tracked, { pause, left: pause });
      // When its process exits the socket usually goes too, and whose it was stays worth knowing: not before a
      // second look finds it alive and nobody's is that taken back.
      if (before === undefined && tracked.owners.length > 0) return;
    } else {
      // Not accepted: the table itself will tell when it is. Hidden: looking again would see no more.
      this.#unowned.delete(tracked);
    }
    if (tracked.ownership !== answer.ownership || answer.ownership === 'known') tracked.changed = true;
    Object.assign(tracked, answer);
  }

  /** Those seen alive whose process is gone. */
  async #leftByExit(tracker: LeakTracker): Promise<TrackedSocket[]> {
    const open = tracker.open();
    const known = new Map<number, Owner['startedAt']>();
    // Of two that had the same pid one after the other, one at least is gone.
    let changedHands = false;
    for (const { owners } of open) {
      for (let i = 0; i < owners.length; i++) {
        const owner = owners[i];
        if (owner === undefined) continue;
        const before = known.get(owner.pid);
        if (before === undefined) known.set(owner.pid, owner.startedAt);
        else if (before !== owner.startedAt) changedHands = true;
      }
    }
    const startedAt = await this.#finder.startsOf(new Set(known.keys()));
    // Nobody has exited, as a rule; then ten thousand sockets need no second look.
    if (!changedHands && [...known].every(([pid, start]) => startedAt.get(pid) === start)) return [];
    // The memory of the process table serves several namespaces: what counts is whom this socket knows for its owner.
    const hasExited = (owner: Owner): boolean => startedAt.get(owner.pid) !== owner.startedAt;
    const left: TrackedSocket[] = [];
    for (const tracked of open) {
      if (tracked.missedAt === undefined && tracked.owners.some(hasExited)) left.push(tracked);
    }
    return left;
  }
}
