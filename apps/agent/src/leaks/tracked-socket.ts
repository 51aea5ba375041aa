import { type Connection, type EndedAs, type Owner } from '@closewatch/protocol';
import { type FiveTuple } from '@closewatch/socket-states';
import { type Listeners } from '../sockets/listeners.ts';
import { type CloseWaitSocket, type SocketInfo } from '../sockets/socket-table.ts';
import { type AgeBracket } from './age-bracket.ts';
import { type EndpointTally } from './endpoint-tally.ts';
import { socketIdFromCookie, type SocketRealm } from './socket-id.ts';

/** As the server was told the dates of a socket. */
export interface ToldDates {
  /** Milliseconds since 1970 at which the monotonic clock stood at 0, as it was known when they were first told. */
  readonly epochMs: number;
  /** When it was last seen, as it was told last: ISO 8601 in milliseconds since 1970. */
  lastSeenMs: number;
  /** The snapshot that told of the socket first. */
  readonly firstSeq: number;
}

/** What the sockets of one look have in common: ten thousand of them share it. Instants on the monotonic clock. */
export interface SharedLook {
  readonly takenAt: number;
  readonly listeners: Listeners;
  /** What those keep that this look was the first to see. */
  readonly first: FirstLook;
}

/** Kept as long as they live, one for each look that saw a new one: nothing that is large. */
export interface FirstLook {
  readonly takenAt: number;
  /** When the look before began; null when there was none. */
  readonly previousAt: number | null;
  /** When a socket that this look was the first to see entered CLOSE_WAIT, as long as nothing else is known. */
  readonly bracket: AgeBracket;
  readonly realm: SocketRealm;
}

/** How far the peer takes what is still sent to it. `lastSentAt` null: nothing ever was. */
export interface Progress {
  readonly bytesAcked: number | null;
  readonly lastSentAt: number | null;
}

/**
 * A CLOSE_WAIT socket over time. There may be tens of thousands: what they have in common they share, and texts are
 * made when they are sent. Instants in milliseconds on the monotonic clock.
 */
export class TrackedSocket {
  readonly direction: Connection['direction'];
  /** Where its endpoint's passage is counted. */
  readonly endpoint: EndpointTally;
  /** As the newest look shows it. */
  socket: CloseWaitSocket;
  bracket: AgeBracket;
  progress: Progress | undefined;
  /** Its dates as the server was told them; undefined before the first time. */
  toldDates: ToldDates | undefined;
  /** Looks that found it. Two make it known to the server. */
  sightings = 1;
  /** The first of the looks in a row that missed it. */
  missedAt: number | undefined;
  ended: { readonly at: number; readonly as: EndedAs } | undefined;
  ownership: Connection['ownership'] = 'none';
  owners: readonly Owner[] = NOBODY;
  /** Says something the server has not been told. */
  changed = true;
  /** The last snapshot it was chosen for, as ConnectionChoice numbers them; 0 before the first. */
  toldWith = 0;
  readonly #firstLook: FirstLook;
  #lastLook: SharedLook;
  #socketId: string | undefined;

  /** `socketId` is given where it does not follow from a cookie. */
  constructor(
    socket: CloseWaitSocket,
    look: SharedLook,
    {
      direction,
      endpoint,
      socketId,
    }: Pick<TrackedSocket, 'direction' | 'endpoint'> & { readonly socketId: string | undefined },
  ) {
    this.socket = socket;
    this.direction = direction;
    this.endpoint = endpoint;
    this.bracket = look.first.bracket;
    this.#firstLook = look.first;
    this.#lastLook = look;
    this.#socketId = socketId;
  }

  get socketId(): string {
    return (this.#socketId ??= socketIdFromCookie(this.#firstLook.realm, this.socket.cookie ?? ''));
  }

  /** Spelled out at every call. */
  get fiveTuple(): FiveTuple {
    return this.socket.fiveTuple();
  }

  get inode(): number {
    return this.socket.inode;
  }

  get uid(): number {
    return this.socket.uid;
  }

  get recvQueue(): number {
    return this.socket.recvQueue;
  }

  get sendQueue(): number {
    return this.socket.sendQueue;
  }

  get firstSeenAt(): number {
    return this.#firstLook.takenAt;
  }

  get lastSeenAt(): number {
    return this.#lastLook.takenAt;
  }

  /** When the look before the first began; null when there was none. */
  get previousAt(): number | null {
    return this.#firstLook.previousAt;
  }

  get openedAfter(): number | null {
    return this.bracket.openedAfter;
  }

  get openedBefore(): number {
    return this.bracket.openedBefore;
  }

  /** While nobody has accepted it: the queue of its listener, where the look saw one. */
  get acceptQueue(): Connection['acceptQueue'] {
    if (this.inode !== 0) return null;
    return this.#lastLook.listeners.queueAt(this.fiveTuple.local) ?? null;
  }

  /**
   * Another look found it. News is what changes the picture: that something is read or waits to be sent, or stopped to,
   * and that it was accepted. How much waits to be sent, which timer runs and how far the peer has acknowledged change
   * with every look at a half-close that works; of these the server hears when it is the socket's turn, within a minute
   * (connection-choice.ts), or ten thousand of them would be sent in full every time.
   */
  seenAgain(socket: CloseWaitSocket, look: SharedLook): void {
    const before = this.socket;
    if (
      before.recvQueue !== socket.recvQueue ||
      before.inode !== socket.inode ||
      before.sendQueue > 0 !== socket.sendQueue > 0
    ) {
      this.changed = true;
    }
    if (before.become?.(socket) !== true) this.socket = socket;
    this.sightings++;
    this.missedAt = undefined;
    this.#lastLook = look;
  }

  /** Takes over what tcp_info told at the instant `askedAt`. */
  learn({ bytesAcked, lastDataSentMs }: SocketInfo, askedAt: number): void {
    const lastSentAt = lastDataSentMs === null ? null : askedAt - lastDataSentMs;
    if (this.progress !== undefined && this.progress.bytesAcked === bytesAcked && lastSentAt === null) return;
    this.progress = bytesAcked === 0 && lastSentAt === null ? NOTHING_SENT : { bytesAcked, lastSentAt };
  }
}

const NOBODY: readonly Owner[] = [];
const NOTHING_SENT: Progress = { bytesAcked: 0, lastSentAt: null };
