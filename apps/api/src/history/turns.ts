/** Longest that work without a pause may hold the event loop. */
const TURN_MS = 8;

/** Lets everybody else have a turn of the event loop now and then during long work. */
export class Turns {
  private since = performance.now();

  /** To be awaited between pieces of work of a millisecond or less. Costs next to nothing while the turn lasts. */
  async give(): Promise<void> {
    if (performance.now() - this.since < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.since = performance.now();
  }
}
