import { type IsEphemeral } from '../host/ephemeral-ports.ts';
import { type CloseWaitSocket, type SocketTable } from '../sockets/socket-table.ts';
import { directionOf } from './direction.ts';
import { socketIdFromAddresses, socketIdFromCookie, type SocketRealm } from './socket-id.ts';
import { type TrackedSocket } from './tracked-socket.ts';

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

  /** The confirmed ones that have not ended. */
  *open(): Generator<TrackedSocket> {
    for (const tracked of this.#sockets.values()) if (tracked.sightings >= SIGHTINGS_TO_CONFIRM) yield tracked;
  }

  observe(look: Look): Findings {
    const confirmed: TrackedSocket[] = [];
    const accepted: TrackedSocket[] = [];
    const gone: TrackedSocket[] = [];
    const { takenAt } = look;
    for (const socket of look.table.closeWait) {
      const tracked = this.#sockets.get(socket.key);
      if (tracked === undefined || isAnother(tracked, socket)) {
        if (tracked !== undefined && tracked.sightings >= SIGHTINGS_TO_CONFIRM) {
          // The addresses of a source without cookies were taken over by a new connection.
          tracked.missedAt ??= takenAt;
          gone.push(tracked);
        }
        this.#sockets.set(socket.key, this.#begin(socket, look));
        continue;
      }
      tracked.sightings++;
      tracked.lastSeenAt = takenAt;
      tracked.missedAt = undefined;
      tracked.socket = socket;
      const { inode, recvQueue, sendQueue } = socket;
      if (tracked.sightings === SIGHTINGS_TO_CONFIRM) confirmed.push(tracked);
      else if (tracked.inode === 0 && inode !== 0) accepted.push(tracked);
      if (tracked.recvQueue !== recvQueue || tracked.sendQueue !== sendQueue || tracked.inode !== inode) {
        Object.assign(tracked, { inode, recvQueue, sendQueue, changed: true });
      }
    }
    this.#miss(takenAt, gone);
    this.#previousAt = look.startedAt;
    this.#looks++;
    return { confirmed, accepted, gone };
  }

  /** Forgets everything, for a source that names sockets in another way; returns what was open. */
  abandon(): TrackedSocket[] {
    const open = [...this.open()];
    this.#sockets.clear();
    this.#previousAt = null;
    this.#looks = 0;
    return open;
  }

  #begin(socket: CloseWaitSocket, { takenAt, table }: Look): TrackedSocket {
    const fiveTuple = socket.fiveTuple();
    const { cookie, inode, uid, recvQueue, sendQueue } = socket;
    return {
      socketId:
        cookie === null
          ? socketIdFromAddresses(this.#realm, fiveTuple, inode, this.#instant(takenAt))
          : socketIdFromCookie(this.#realm, cookie),
      fiveTuple,
      direction: directionOf({ fiveTuple, inode, listeners: table.listeners, isEphemeral: this.#isEphemeral }),
      uid,
      socket,
      inode,
      recvQueue,
      sendQueue,
      firstSeenAt: takenAt,
      lastSeenAt: takenAt,
      previousAt: this.#previousAt,
      openedAfter: this.#previousAt,
      openedBefore: takenAt,
      toldDates: undefined,
      sightings: 1,
      missedAt: undefined,
      ended: undefined,
      ownership: 'none',
      owners: [],
      changed: true,
      toldWith: 0,
    };
  }

  #miss(takenAt: number, gone: TrackedSocket[]): void {
    for (const [key, tracked] of this.#sockets) {
      if (tracked.lastSeenAt === takenAt) continue;
      if (tracked.missedAt === undefined) {
        tracked.missedAt = takenAt;
        continue;
      }
      this.#sockets.delete(key);
      if (tracked.sightings >= SIGHTINGS_TO_CONFIRM) gone.push(tracked);
    }
  }
}

function isAnother(tracked: TrackedSocket, socket: CloseWaitSocket): boolean {
  return socket.cookie === null && tracked.inode !== 0 && socket.inode !== tracked.inode;
}
