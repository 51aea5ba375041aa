import { type EndedAs, type Connection, type Owner } from '@closewatch/protocol';
import { type FiveTuple } from '@closewatch/socket-states';
import { type CloseWaitSocket } from '../sockets/socket-table.ts';

/** ISO 8601 on the server's clock. */
export interface ToldDates {
  readonly openedAfter: string | null;
  readonly openedBefore: string;
  readonly firstSeenAt: string;
  /** As it was told last. */
  lastSeenAt: string;
  /** The snapshot that told of the socket first. */
  readonly firstSeq: number;
}

/** A CLOSE_WAIT socket over time. Instants in milliseconds on the monotonic clock. */
export interface TrackedSocket {
  readonly socketId: string;
  readonly fiveTuple: FiveTuple;
  readonly direction: Connection['direction'];
  readonly uid: number;
  /** As the newest look shows it. */
  socket: CloseWaitSocket;
  inode: number;
  recvQueue: number;
  sendQueue: number;
  readonly firstSeenAt: number;
  lastSeenAt: number;
  /** When the look before the first began; null when there was none. */
  readonly previousAt: number | null;
  openedAfter: number | null;
  openedBefore: number;
  /** Its dates as the server was told them; undefined before the first time. */
  toldDates: ToldDates | undefined;
  /** Looks that found it. Two make it known to the server. */
  sightings: number;
  /** The first of the looks in a row that missed it. */
  missedAt: number | undefined;
  ended: { readonly at: number; readonly as: EndedAs } | undefined;
  ownership: Connection['ownership'];
  owners: readonly Owner[];
  /** Says something the server has not been told. */
  changed: boolean;
  /** The last snapshot it was chosen for, as ConnectionChoice numbers them; 0 before the first. */
  toldWith: number;
}
