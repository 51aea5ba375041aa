/** The two clocks of this machine, in milliseconds: one that never jumps, and the wall's since 1970. */
export interface LocalClocks {
  monotonic(): number;
  wall(): number;
}

/** One exchange with the server: sent and received on the monotonic clock, and what the server's clock said between. */
export interface ClockExchange {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly serverTimeMs: number;
}

/** An exchange of which only the `Date` header is known: a whole second, or none. */
export interface DatedExchange {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly dateMs: number | undefined;
}

/** `serverTime` is told in whole milliseconds. */
const ROUNDING_MS = 1;
/** A `Date` header says which second it was. */
const HALF_A_SECOND_MS = 500;
/** A wall clock that moved this far against the monotonic one was set. */
const CLOCK_WAS_SET_MS = 1_000;

/**
 * The server's clock as the agent knows it. Everything inside the agent is dated on the monotonic clock; dates for the
 * wire are made at the last moment, so they do not jump with this host's clock. Until the first reply the wall clock
 * serves.
 */
export class ServerClock {
  readonly #local: LocalClocks;
  /** Milliseconds since 1970 at which the monotonic clock stood at 0, on the server's clock. */
  #epoch: number;
  #learned = false;

  /** `epoch`: what an earlier run learned of it, if that run had the same monotonic clock. */
  constructor(local: LocalClocks, epoch?: number) {
    this.#local = local;
    this.#epoch = epoch ?? local.wall() - local.monotonic();
    this.#learned = epoch !== undefined;
  }

  /** Milliseconds since 1970 at which the monotonic clock stood at 0; undefined while no server told. */
  get epoch(): number | undefined {
    return this.#learned ? this.#epoch : undefined;
  }

  /** Now, on the monotonic clock. */
  now(): number {
    const monotonic = this.#local.monotonic();
    const wallEpoch = this.#local.wall() - monotonic;
    if (!this.#learned && Math.abs(wallEpoch - this.#epoch) > CLOCK_WAS_SET_MS) this.#epoch = wallEpoch;
    return monotonic;
  }

  /** ISO 8601 on the server's clock. */
  instant(monotonicMs: number): string {
    return this.asKnown(monotonicMs);
  }

  /** Writes instants by what is known now: the dates of one snapshot do not move when a reply comes in between. */
  get asKnown(): (monotonicMs: number) => string {
    const epoch = this.#epoch;
    return (monotonicMs) => new Date(Math.round(epoch + monotonicMs)).toISOString();
  }

  /** How far the server's clock is ahead of this host's, in milliseconds. */
  get offsetMs(): number {
    return Math.round(this.#epoch - (this.#local.wall() - this.#local.monotonic()));
  }

  /**
   * Takes the server's time as told half-way of the exchange (Cristian's algorithm), give or take half the round trip.
   * What lies within that doubt already stays, so that slow replies do not make the dates tremble.
   */
  learn({ sentAt, receivedAt, serverTimeMs }: ClockExchange): void {
    this.#take(serverTimeMs - (sentAt + receivedAt) / 2, (receivedAt - sentAt) / 2 + ROUNDING_MS);
  }

  /** The same from a `Date` header: the middle of its second, give or take half of it. Without a date nothing is learned. */
  learnDate({ sentAt, receivedAt, dateMs }: DatedExchange): void {
    if (dateMs === undefined) return;
    const doubt = (receivedAt - sentAt) / 2 + HALF_A_SECOND_MS + ROUNDING_MS;
    this.#take(dateMs + HALF_A_SECOND_MS - (sentAt + receivedAt) / 2, doubt);
  }

  #take(told: number, doubt: number): void {
    if (Math.abs(this.#epoch - told) > doubt) {
      // A clock that nobody had told anything is no nearer to one edge of the doubt than to the other.
      this.#epoch = this.#learned ? Math.min(Math.max(this.#epoch, told - doubt), told + doubt) : told;
    }
    this.#learned = true;
  }
}
