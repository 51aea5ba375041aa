import { type Turnover } from '@closewatch/protocol';
import { type IsEphemeral } from '../host/ephemeral-ports.ts';
import { type CloseWaitSocket, type SocketTable } from '../sockets/socket-table.ts';
import { directionOf } from './direction.ts';
import { EndpointTallies } from './endpoint-tally.ts';
import { socketIdFromAddresses, type SocketRealm } from './socket-id.ts';
import { TrackedSocket, type SharedLook } from './tracked-socket.ts';

/** One look at the sockets: when it began and was over, on the monotonic clock. */
export interface Look {
  readonly startedAt: number;
  readonly takenAt: number;
  readonly table: SocketTable;
}

/** What one look changed. */
export interface Findings {
  /** Seen for the second time: worth their age and owners from now on. */
  readonly confirmed: readonly TrackedSocket[];
  /** Waited in the listener's backlog before and have a descriptor now. */
  readonly accepted: readonly TrackedSocket[];
  /** Missing from two looks in a row. */
  readonly gone: readonly TrackedSocket[];
}

const SIGHTINGS_TO_CONFIRM = 2;

/**
 * Follows CLOSE_WAIT sockets from look to look. A dump is not atomic, so one look proves nothing: a socket counts from
 * its second sighting, and is gone when two looks in a row miss it.
 */
export class LeakTracker {
  readonly #realm: SocketRealm;
  readonly #instant: (monotonicMs: number) => string;
  readonly #isEphemeral: IsEphemeral;
  readonly #sockets = new Map<string | number, TrackedSocket>();
  readonly #endpoints = new EndpointTallies();
  /** What {@link open} returns; undefined when that changed. */
  #open: readonly TrackedSocket[] | undefined;
  #previousAt: number | null = null;
  #looks = 0;

  /** `instant` writes a time of the monotonic clock as ISO 8601. */
  constructor(realm: SocketRealm, instant: (monotonicMs: number) => string, isEphemeral: IsEphemeral) {
    this.#realm = realm;
    this.#instant = instant;
    this.#isEphemeral = isEphemeral;
  }

  /** How many looks there were; before the second nothing can be confirmed. */
  get looks(): number {
    return this.#looks;
  }

  /** How many are followed, confirmed or not. */
  get size(): number {
    return this.#sockets.size;
  }

  /** The confirmed ones that have not ended. */
  open(): readonly TrackedSocket[] {
    // Asked for several times a look, and the same from one look to the next as long as nobody comes or goes.
    return (this.#open ??= [...this.#sockets.values()].filter(isConfirmed));
  }

  /** The confirmed one by its key in the table; undefined when there is none. */
  openBy(key: CloseWaitSocket['key']): TrackedSocket | undefined {
    const tracked = this.#sockets.get(key);
    return tracked !== undefined && isConfirmed(tracked) ? tracked : undefined;
  }

  observe({ startedAt, takenAt, table }: Look): Findings {
    const confirmed: TrackedSocket[] = [];
    const accepted: TrackedSocket[] = [];
    const gone: TrackedSocket[] = [];
    const previousAt = this.#previousAt;
    const bracket = { openedAfter: previousAt, openedBefore: takenAt };
    const look: SharedLook = {
      takenAt,
      listeners: table.listeners,
      first: { takenAt, previousAt, bracket, realm: this.#realm },
    };
    let seen = 0;
    for (const socket of table.closeWait) {
      const key = socket.key;
      const tracked = this.#sockets.get(key);
      if (tracked === undefined || isAnother(tracked, socket)) {
        if (tracked !== undefined) {
          // The addresses of a source without cookies were taken over by a new connection.
          tracked.missedAt ??= takenAt;
          this.#leave(tracked, gone);
        }
        this.#sockets.set(key, this.#begin(socket, look));
        seen++;
        continue;
      }
      if (tracked.lastSeenAt !== takenAt) seen++;
      const waited = tracked.inode === 0;
      tracked.seenAgain(socket, look);
      if (tracked.sightings === SIGHTINGS_TO_CONFIRM) this.#confirm(tracked, confirmed);
      else if (waited && tracked.inode !== 0) accepted.push(tracked);
    }
    if (seen < this.#sockets.size) this.#miss(takenAt, gone, table.mayBeThere);
    this.#previousAt = startedAt;
    this.#looks++;
    return { confirmed, accepted, gone };
  }

  /** What passed through CLOSE_WAIT since this was asked last, by endpoint: at most `count` of them, most first. */
  takeTurnover(count: number): Turnover[] {
    return this.#endpoints.take(count, this.open());
  }

  /** Forgets everything, for a source that names sockets in another way; returns what was open. */
  abandon(): TrackedSocket[] {
    const open = [...this.open()];
    for (const { socket } of open) socket.pin?.();
    this.#open = undefined;
    this.#sockets.clear();
    this.#endpoints.clear();
    this.#previousAt = null;
    this.#looks = 0;
    return open;
  }

  #begin(socket: CloseWaitSocket, look: SharedLook): TrackedSocket {
    const { cookie, inode } = socket;
    const direction = directionOf({ socket, listeners: look.listeners, isEphemeral: this.#isEphemeral });
    const endpoint = this.#endpoints.of(direction, socket.localPort, () => socket.fiveTuple().peer);
    endpoint.alive++;
    // What the first look finds may have been there for long.
    if (look.first.previousAt !== null) endpoint.opened++;
    const socketId =
      cookie === null
        ? socketIdFromAddresses(this.#realm, socket.fiveTuple(), inode, this.#instant(look.takenAt))
        : undefined;
    return new TrackedSocket(socket, look, { direction, endpoint, socketId });
  }

  #miss(takenAt: number, gone: TrackedSocket[], mayBeThere: SocketTable['mayBeThere']): void {
    for (const tracked of this.#sockets.values()) {
      if (tracked.lastSeenAt === takenAt || mayBeThere?.(tracked.socket) === true) continue;
      if (tracked.missedAt === undefined) {
        tracked.missedAt = takenAt;
        // From now on it stays what the look before saw.
        tracked.socket.pin?.();
        continue;
      }
      this.#sockets.delete(tracked.socket.key);
      this.#leave(tracked, gone);
    }
  }

  #leave(tracked: TrackedSocket, gone: TrackedSocket[]): void {
    tracked.endpoint.alive--;
    tracked.endpoint.closed++;
    if (!isConfirmed(tracked)) return;
    gone.push(tracked);
    this.#open = undefined;
  }

  #confirm(tracked: TrackedSocket, confirmed: TrackedSocket[]): void {
    confirmed.push(tracked);
    this.#open = undefined;
  }
}

function isConfirmed({ sightings }: TrackedSocket): boolean {
  return sightings >= SIGHTINGS_TO_CONFIRM;
}

function isAnother(tracked: TrackedSocket, socket: CloseWaitSocket): boolean {
  // The cookie is spelled out when it is asked for, and so is asked for last.
  return tracked.inode !== 0 && socket.inode !== tracked.inode && socket.cookie === null;
}
