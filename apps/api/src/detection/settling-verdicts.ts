import { type Verdict } from '@closewatch/socket-states';

/** Another verdict must stand for so long before it takes the place of the one that was told. */
const SETTLES_AFTER_MS = 30_000;
/** Not found for so long, or for so many looks where they are rare, it no longer stands. */
const FORGET_MS = 60_000;
const FORGET_LOOKS = 3;

/** Verdicts of a host that differ from what was told, and since when. Instants are milliseconds. */
export class SettlingVerdicts {
  private readonly since = new Map<string, { verdict: Verdict; since: number; askedAt: number }>();
  private lookedAt: number | undefined;
  /** Between the last looks, the newest one last. */
  private pausesMs: readonly number[] = [];

  /** To be told of each look at the host before it is asked. */
  looks(at: number): void {
    if (this.lookedAt !== undefined && at > this.lookedAt) {
      this.pausesMs = [...this.pausesMs.slice(-1), at - this.lookedAt];
    }
    this.lookedAt = at;
    const forgetMs = this.forgetMs();
    for (const [key, { askedAt }] of this.since) if (at - askedAt > forgetMs) this.since.delete(key);
  }

  /** Whether a verdict has stood long enough for a key. To be asked each time it is seen. */
  isSettled(key: string, verdict: Verdict, at: number): boolean {
    const known = this.since.get(key);
    const since = known?.verdict === verdict ? known.since : at;
    this.since.set(key, { verdict, since, askedAt: at });
    return at - since >= SETTLES_AFTER_MS;
  }

  /** The shorter of two pauses: that a host was silent for an hour does not make its looks rare. */
  private forgetMs(): number {
    return Math.max(FORGET_MS, FORGET_LOOKS * (this.pausesMs.length === 0 ? 0 : Math.min(...this.pausesMs)));
  }
}
