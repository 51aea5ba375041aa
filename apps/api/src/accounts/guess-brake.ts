/** Slows down those who try passwords: every failure waits, and past a number of them a minute nobody may try. */
export class GuessBrake {
  private failures: number[] = [];

  constructor(
    private readonly now: () => number,
    private readonly limits = { failures: 10, windowMs: 60_000, waitMs: 300 },
  ) {}

  /** Seconds until another guess is allowed; 0: now. */
  get retryAfterSeconds(): number {
    const { failures, windowMs } = this.limits;
    this.failures = this.failures.filter((at) => at > this.now() - windowMs);
    const oldest = this.failures[0];
    if (oldest === undefined || this.failures.length < failures) return 0;
    return Math.ceil((oldest + windowMs - this.now()) / 1_000);
  }

  /** Notes a failure and takes its time. */
  async failed(): Promise<void> {
    this.failures.push(this.now());
    await new Promise((resolve) => setTimeout(resolve, this.limits.waitMs));
  }
}
