import { PUSH_LIMITS } from '@closewatch/protocol';
import { type LeakTracker } from './leak-tracker.ts';
import { type TrackedSocket } from './tracked-socket.ts';
import { mostBytes } from './wire-connection.ts';

/** Up to so many connections every snapshot carries all of them. */
const ALWAYS_FULL = 500;
const FULL_EVERY_MS = 60_000;
/** Of the JSON of one snapshot, which with its push must fit into a body. */
const SNAPSHOT_BYTES = (PUSH_LIMITS.bodyBytes * 3) / 4;
/** Before the second look of a run nothing is confirmed, and a full set would end all that the server knows. */
const LOOKS_BEFORE_FULL = 2;

/** What one snapshot says of connections. */
export interface Chosen {
  readonly connections: readonly TrackedSocket[];
  /** They are all there are. */
  readonly complete: boolean;
}

/**
 * Decides which connections go into a snapshot: all of them while they are few, once a minute, and when the server
 * asks; otherwise what is new, changed or ended. What does not fit waits for the next snapshot. While snapshots pile up
 * undelivered a full set would repeat what stands in the pile, and push older counts out of it: then only news go in.
 */
export class ConnectionChoice {
  #lastFullAt = Number.NEGATIVE_INFINITY;
  #fullWanted = true;
  #ended: TrackedSocket[] = [];

  /** The server has lost or never had the picture: the next snapshot is to be full. */
  wantFull(): void {
    this.#fullWanted = true;
  }

  /** Queues the news that a socket has ended. */
  addEnded(tracked: TrackedSocket): void {
    this.#ended.push(tracked);
  }

  /**
   * Chooses for a snapshot taken `at`, in milliseconds on the monotonic clock; what it takes counts as told. `behind`:
   * snapshots pile up undelivered.
   */
  choose(tracker: LeakTracker, at: number, behind: boolean): Chosen {
    const open = [...tracker.open()];
    const due = this.#fullWanted || open.length <= ALWAYS_FULL || at - this.#lastFullAt >= FULL_EVERY_MS;
    const full = due && !behind && tracker.looks >= LOOKS_BEFORE_FULL;
    // In a full set that is too large, all of them stay marked until each had its turn.
    if (full) for (const tracked of open) tracked.changed = true;
    const waiting = [...this.#ended, ...open.filter(({ changed }) => changed)];
    const connections = fitting(waiting);
    for (const tracked of connections) tracked.changed = false;
    this.#ended = this.#ended.slice(connections.length);
    if (full) {
      this.#lastFullAt = at;
      this.#fullWanted = false;
    }
    return { connections, complete: full && connections.length === waiting.length };
  }
}

function fitting(waiting: readonly TrackedSocket[]): TrackedSocket[] {
  const chosen: TrackedSocket[] = [];
  let bytes = 0;
  for (const tracked of waiting) {
    bytes += mostBytes(tracked);
    if (chosen.length === PUSH_LIMITS.connections || (bytes > SNAPSHOT_BYTES && chosen.length > 0)) break;
    chosen.push(tracked);
  }
  return chosen;
}
