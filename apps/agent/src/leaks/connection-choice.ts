import { PUSH_LIMITS } from '../uplink/contract.ts';
import { type LeakTracker } from './leak-tracker.ts';
import { roundEveryMs } from './round-pace.ts';
import { type TrackedSocket } from './tracked-socket.ts';
import { mostBytes } from './wire-connection.ts';

const ALWAYS_ALL = 500;
/** Before the second look of a run nothing is confirmed, and a full set would end all that the server knows. */
const LOOKS_BEFORE_ROUND = 2;
/** What the news may take of a snapshot while a round waits for its turn. */
const NEWS_SHARE = 3 / 4;
/** Room for what always goes with a push that carries one snapshot: what the agent says of itself, and the counts. */
const BYTES_BESIDE = 256 * 1024;

/** What one snapshot holds at most: connections, and bytes of their JSON. */
export interface ChoiceLimits {
  readonly connections: number;
  readonly bytes: number;
  /** Up to so many connections every snapshot carries all of them. */
  readonly alwaysAll?: number;
}

const LIMITS: ChoiceLimits = {
  connections: PUSH_LIMITS.connections,
  bytes: PUSH_LIMITS.bodyBytes - BYTES_BESIDE,
};

/** Where memory is small: a snapshot of some megabytes, packed and queued, would be a large part of it. */
export const SMALL_LIMITS: ChoiceLimits = { connections: 1_000, bytes: 1024 * 1024 };

/** All there are, whenever it is asked: for whoever looks at this host and pushes nothing. */
export const NO_LIMITS: ChoiceLimits = { connections: Infinity, bytes: Infinity, alwaysAll: Infinity };

/** What one snapshot says of connections. */
export interface Chosen {
  readonly connections: readonly TrackedSocket[];
  /** They are all there are. */
  readonly complete: boolean;
}

/**
 * Decides which connections go into a snapshot: news (what is new, changed or ended), and those whose turn it is in a
 * round. A round tells of every open connection once: within one snapshot if all fit, which is then complete, else over
 * several; no other begins before it is through. While connections are few there is one with every snapshot, else at the
 * pace of round-pace.ts, or a minute after the last where the server asks for a full set. While snapshots pile up undelivered a round
 * would repeat what stands in the pile, and push older counts out of it: then only news go in.
 */
export class ConnectionChoice {
  readonly #limits: ChoiceLimits;
  #roundBeganAt = Number.NEGATIVE_INFINITY;
  /** Snapshots are numbered from 1; whom none since this one told of is still to have its turn in the round. */
  #roundBeganWith = 0;
  #snapshot = 0;
  #underWay = false;
  #hurried = false;
  #ended: TrackedSocket[] = [];

  constructor(limits: ChoiceLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Ends that no snapshot has told of yet. */
  get untoldEnds(): number {
    return this.#ended.length;
  }

  /** The server asks for a full set. */
  hurry(): void {
    this.#hurried = true;
  }

  /** Queues the news that a socket has ended. */
  addEnded(tracked: TrackedSocket): void {
    this.#ended.push(tracked);
  }

  /**
   * Chooses for a snapshot taken `at`, in milliseconds on the monotonic clock; what it takes counts as told. `behind`:
   * snapshots pile up undelivered. `bytesBeside`: of JSON that collectors add to this snapshot.
   */
  choose(tracker: LeakTracker, at: number, behind: boolean, bytesBeside = 0): Chosen {
    const open = tracker.open();
    this.#forgetEndsOf(open);
    this.#snapshot++;
    const roundMay = !behind && tracker.looks >= LOOKS_BEFORE_ROUND;
    if (
      roundMay &&
      !this.#underWay &&
      (open.length <= (this.#limits.alwaysAll ?? ALWAYS_ALL) ||
        at - this.#roundBeganAt >= this.#roundEveryMs(open.length))
    ) {
      this.#underWay = true;
      this.#hurried = false;
      this.#roundBeganAt = at;
      this.#roundBeganWith = this.#snapshot;
    }
    const load = new Load({ ...this.#limits, bytes: this.#limits.bytes - bytesBeside });
    const turns = this.#underWay && roundMay ? open.filter((tracked) => this.#awaitsItsTurn(tracked)) : [];
    // Whoever was told of longest ago comes first: more news than fit must not always be the same ones.
    const news = [...this.#ended, ...open.filter(({ changed }) => changed).sort((a, b) => a.toldWith - b.toldWith)];
    load.take(news, turns.length === 0 ? 1 : NEWS_SHARE);
    load.take(turns, 1);
    load.take(news, 1);
    for (const tracked of load.taken) {
      tracked.changed = false;
      tracked.toldWith = this.#snapshot;
    }
    this.#ended = this.#ended.filter((tracked) => !load.taken.has(tracked));
    this.#underWay &&= open.some((tracked) => this.#awaitsItsTurn(tracked));
    const all = roundMay && this.#ended.length === 0 && open.every((tracked) => load.taken.has(tracked));
    return { connections: [...load.taken], complete: all };
  }

  /** Two looks in a row may miss a socket that lives. Once it is back its end is no news, and never stands beside it. */
  #forgetEndsOf(open: readonly TrackedSocket[]): void {
    if (this.#ended.length === 0) return;
    const back = new Set(open.map(({ socketId }) => socketId));
    this.#ended = this.#ended.filter(({ socketId }) => !back.has(socketId));
  }

  #roundEveryMs(count: number): number {
    return this.#hurried ? roundEveryMs(0) : roundEveryMs(count);
  }

  #awaitsItsTurn({ toldWith }: TrackedSocket): boolean {
    return toldWith < this.#roundBeganWith;
  }
}

/** What a snapshot carries, up to the limits. */
class Load {
  readonly taken = new Set<TrackedSocket>();
  readonly #limits: ChoiceLimits;
  #bytes = 0;

  constructor(limits: ChoiceLimits) {
    this.#limits = limits;
  }

  /** Takes them in their order, as long as no more than `share` of the limits is taken in all; one fits always. */
  take(candidates: readonly TrackedSocket[], share: number): void {
    const { connections, bytes } = this.#limits;
    for (const tracked of candidates) {
      if (this.taken.has(tracked)) continue;
      const size = mostBytes(tracked);
      const full = this.taken.size >= connections * share || this.#bytes + size > bytes * share;
      if (full && this.taken.size > 0) return;
      this.taken.add(tracked);
      this.#bytes += size;
    }
  }
}
