/** The end of a scenario that leaks, in this process or in one of its own. */
export interface LeakingServer {
  /** The process to whom the sockets belong. */
  readonly pid: number;
  readonly port: number;
  /** Sockets in the state on show, when the peer has made `arrived` connections in all. */
  held(arrived: number): number;
  /** How many more it takes to the count asked for, when the peer has made `arrived` connections in all. */
  lacking(arrived: number): number;
  /** The peer has made one more. */
  readonly onArrival?: () => void;
  /** Rejects when it cannot go on; never resolves. */
  readonly broken?: Promise<never>;
  /** Closes its sockets and ends the processes it has started. */
  stop(): void | Promise<void>;
}
