/** Something of which there is a limit, at an instant (milliseconds since the epoch). */
export interface UseSample {
  readonly at: number;
  readonly used: number;
  readonly limit: number;
}

/** Local ports towards one destination. `timeWait` are among `used`. */
export interface PortSample {
  readonly at: number;
  readonly used: number;
  readonly timeWait: number;
  readonly available: number;
}

/** A counter of the kernel that rises since boot. A lower value than before: it began anew. */
export interface CounterSample {
  readonly at: number;
  readonly value: number;
}

/** The accept queue of the listener at `port`: how many wait, and how many may; null where that is not told. */
export interface QueueSample {
  readonly at: number;
  readonly port: number;
  readonly length: number;
  readonly limit: number | null;
}

/** SYN_RECV sockets and the counters that tell a flood from a busy minute; null: not measured. */
export interface SynSample {
  readonly at: number;
  readonly halfOpen: number | null;
  /** TcpExt SyncookiesSent, TCPReqQFullDrop. */
  readonly cookiesSent: number | null;
  readonly dropped: number | null;
}

/** Waiting for CPU: PSI's share of time (some avg10 / 100), null without PSI; and of each process that was looked at. */
export interface StarvationSample {
  readonly at: number;
  readonly stallShare: number | null;
  /** Processes that are not throttled by a quota of their own; milliseconds a second. */
  readonly processes: readonly { readonly runMsPerSecond: number; readonly waitMsPerSecond: number }[];
}

/** The host's clock against the server's; forwards is positive. */
export interface ClockSample {
  readonly at: number;
  readonly offsetMs: number;
}

/** Sockets in one state; null: not measured. */
export interface StateSample {
  readonly at: number;
  readonly value: number | null;
}
