/**
 * What the peer does with a connection.
 * - `leave`: says something, closes entirely and is gone, whatever the server does.
 * - `vanish`: the same, and its kernel forgets the connection after a second: whatever comes then is answered by a RST.
 * - `half-close`: says something, shuts down its sending side and listens for as long as the server speaks.
 * - `deaf`: says something, shuts down its sending side and reads nothing of the answer.
 * - `upload`: says a lot, closes entirely and is gone.
 * - `together`: stays until all are there; then all leave at once.
 * - `close-first`: closes, waits for the server to close too: TIME_WAIT is the peer's.
 * - `close-second`: waits for the server to close, then closes: TIME_WAIT is the server's.
 */
export type Conduct =
  'leave' | 'vanish' | 'half-close' | 'deaf' | 'upload' | 'together' | 'close-first' | 'close-second';

/** How the peer process is told where to connect, as its one argument in JSON. */
export interface PeerOrders {
  readonly host: string;
  readonly port: number;
  /** Connections that exist at a time, at most: how many source ports must stay apart. */
  readonly count: number;
  readonly conduct: Conduct;
}

/** To the peer process, a line of JSON: open so many more. */
export interface OpenOrder {
  readonly open: number;
}

/** From the peer process, a line of JSON: one connection went its way, or failed. */
export interface PeerReport {
  readonly failure: string | null;
}
