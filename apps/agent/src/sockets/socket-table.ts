import { type FiveTuple, type StateCounts } from '@closewatch/socket-states';
import { type SocketTimer, type Source } from '@closewatch/protocol';
import { type Listeners } from './listeners.ts';
import { type SocketRoll } from './socket-roll.ts';

/**
 * One CLOSE_WAIT socket as a source shows it. Its five-tuple is read only when somebody asks: of ten thousand leaking
 * sockets a sample needs the spelled out addresses of the few new ones.
 */
export interface CloseWaitSocket {
  /** Equal for the same socket within one source: the cookie, or the five-tuple where the source has none. */
  readonly key: string | number;
  /** The kernel's 64-bit socket cookie in decimal digits; null where the source has none. */
  readonly cookie: string | null;
  /** 0: not accepted yet, it has no descriptor. */
  readonly inode: number;
  readonly uid: number;
  readonly localPort: number;
  /** Bytes. The end of stream counts as one: see "what Recv-Q says" in the guide to CLOSE_WAIT. */
  readonly recvQueue: number;
  readonly sendQueue: number;
  /** The timer the kernel has running for it; null where the source does not tell. */
  timer(): SocketTimer | null;
  fiveTuple(): FiveTuple;
  /** Becomes what `newer`, of the same source, is; false where it cannot, and `newer` is to be kept instead. */
  become?(newer: CloseWaitSocket): boolean;
  /** It is kept past the look after the next: what it stands in must not be used again. */
  pin?(): void;
}

/**
 * The CLOSE_WAIT sockets of one look. Each is made when it is asked for and may be let go at once: ten thousand objects
 * that live from one look to the next would be most of what the garbage collector has to move. Those that are kept past
 * the look after the next are to be pinned.
 */
export type CloseWaitSockets = Iterable<CloseWaitSocket> & { readonly length: number };

/** What one look at the kernel found; every source yields the same. */
export interface SocketTable {
  readonly source: Source;
  /** time_wait is null when its own file could not be read. */
  readonly counts: StateCounts;
  readonly listeners: Listeners;
  readonly closeWait: CloseWaitSockets;
  /** Whether a socket that is not among them may live: the table it stands in could not be read. Absent: none. */
  readonly mayBeThere?: (socket: CloseWaitSocket) => boolean;
  /** What could not be read or understood, in words a person can act on; empty when all is well. */
  readonly missing: readonly string[];
}

/** How long ago a socket last received data and last received an acknowledgement (tcp_info), in milliseconds. */
export interface SocketAges {
  readonly lastDataReceivedMs: number;
  readonly lastAckReceivedMs: number;
}

/** What tcp_info tells of a socket. */
export interface SocketInfo extends SocketAges {
  /** How long ago it last sent data; null: it never did. */
  readonly lastDataSentMs: number | null;
  /** Bytes the peer has acknowledged; null on kernels that do not count them (before 4.1). */
  readonly bytesAcked: number | null;
}

/** A way to read the sockets of the agent's own network namespace. */
export interface SocketSource {
  readonly name: Source;
  /**
   * Throws when the kernel does not answer; the message says what to do. `roll`, emptied before, takes all sockets but
   * TIME_WAIT on the way.
   */
  read(roll?: SocketRoll): Promise<SocketTable>;
  /** Asks for one socket of the last table; undefined when it is gone or the source cannot tell. */
  ages(socket: CloseWaitSocket): SocketInfo | undefined;
  /**
   * Asks for all CLOSE_WAIT sockets at once and hands each one's key to `visit` with what it tells. Cheaper than
   * one by one when they are many. Absent, or without a visit: the source cannot tell. Throws when the kernel does not
   * answer.
   */
  infos?(visit: (key: CloseWaitSocket['key'], info: SocketInfo) => void): Promise<void>;
  close(): void;
}
