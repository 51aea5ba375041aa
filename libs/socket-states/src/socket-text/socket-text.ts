import { type Endpoint } from '../five-tuple.ts';
import { type StateCounts } from '../state-counts.ts';

/** Which program printed a text. */
export const SOCKET_TOOLS = ['ss', 'netstat', 'busybox netstat'] as const;
export type SocketTool = (typeof SOCKET_TOOLS)[number];

/** A process that holds a socket, as far as `-p` tells: netstat names one of them, and no descriptor. */
export interface TextOwner {
  readonly pid: number;
  readonly name: string;
  readonly descriptor: number | null;
}

/** The kernel's timer of a socket (`ss -o`, `netstat -o`). Times are as coarse as the tool prints them. */
export interface TextTimer {
  readonly kind: 'none' | 'retransmit' | 'keepalive' | 'time_wait' | 'zero_window_probe';
  readonly expiresInMs: number;
  readonly retries: number;
}

/** What `ss -i` tells of tcp_info. Milliseconds ago; what ss leaves out is zero. */
export interface TextInfo {
  readonly lastSentMs: number;
  readonly lastReceivedMs: number;
  readonly lastAckMs: number;
  readonly bytesAcked: number;
}

/** One CLOSE_WAIT socket. Null: the text does not tell. */
export interface TextSocket {
  /** Line of the text, from 1. */
  readonly line: number;
  readonly local: Endpoint;
  readonly peer: Endpoint;
  readonly recvQueue: number;
  readonly sendQueue: number;
  readonly uid: number | null;
  /** 0: nobody has accepted it. */
  readonly inode: number | null;
  /** The kernel's socket cookie, hexadecimal (`sk:` of `ss -e`). */
  readonly cookie: string | null;
  readonly owners: readonly TextOwner[];
  readonly timer: TextTimer | null;
  readonly info: TextInfo | null;
}

/** A CLOSE_WAIT socket whose addresses netstat cut to fit their columns: both ends as they stand in the text. */
export interface CutSocket {
  readonly line: number;
  readonly local: string;
  readonly peer: string;
}

export interface SkippedLine {
  readonly line: number;
  readonly reason: string;
}

/** Where somebody listens: ports by themselves for any address, and single addresses with a port. */
export interface TextListeners {
  has(local: Endpoint): boolean;
}

/** What a text of ss or netstat says. */
export interface SocketText {
  readonly tool: SocketTool;
  /** Lines of the text, and TCP sockets that were counted. */
  readonly lines: number;
  readonly sockets: number;
  /** Null for a state that this call of the tool does not show, such as LISTEN without `-a`. */
  readonly counts: StateCounts;
  readonly closeWait: readonly TextSocket[];
  readonly cut: readonly CutSocket[];
  /** CLOSE_WAIT sockets that are counted and neither listed nor among `cut`: past the limit, or with names for numbers. */
  readonly unlisted: number;
  /** Lines that are no part of such an output, and CLOSE_WAIT lines that are counted but could not be listed. */
  readonly skipped: readonly SkippedLine[];
  /** All CLOSE_WAIT sockets of the host are in `closeWait` or `cut`. */
  readonly complete: boolean;
  /** Whether the tool was asked for listeners, owners (-p), inodes (-e) and ages (-i), and told. */
  readonly tells: {
    readonly listeners: boolean;
    readonly owners: boolean;
    readonly inodes: boolean;
    readonly ages: boolean;
  };
  readonly listeners: TextListeners;
}

/** A text that is refused as a whole: counts out of it would be wrong, or it is no output of ss or netstat. */
export class SocketTextError extends Error {
  /** From 1. */
  readonly line: number;
  readonly reason: string;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = 'SocketTextError';
    this.line = line;
    this.reason = reason;
  }
}

/** A short piece of a line, fit to be shown: no control characters, no half characters. */
export function excerpt(line: string): string {
  const piece = line
    .slice(0, 60)
    .replaceAll(/[\p{Cc}\ufffd]/gu, '?')
    .trim()
    .toWellFormed();
  return line.length > 60 ? `"${piece}..."` : `"${piece}"`;
}
