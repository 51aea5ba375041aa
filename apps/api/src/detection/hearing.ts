/** Without a round for so long, beyond a pause that was meant, we heard nothing ourselves. */
const DEAF_MS = 30_000;

/**
 * Since when agents can have been heard: a host is silent only when we could have heard it. As deaf as the dead: a process
 * that was suspended, or a database that was away. All instants and times are milliseconds.
 */
export class Hearing {
  private since: number | undefined;
  private roundAt = -Infinity;
  private pauseMs = 0;

  /** A round begins at this instant. */
  begins(at: number): void {
    if (this.since === undefined || at - this.roundAt > DEAF_MS + this.pauseMs) this.since = at;
  }

  /** It is over; nothing went wrong. The next one comes without a pause, unless {@link pauses} tells otherwise. */
  ends(at: number): void {
    this.roundAt = at;
    this.pauseMs = 0;
  }

  /** So long a pause is made on purpose before the next round. */
  pauses(ms: number): void {
    this.pauseMs = ms;
  }

  /** For how long we have heard by this instant. */
  heardMs(at: number): number {
    return at - (this.since ?? at);
  }
}
