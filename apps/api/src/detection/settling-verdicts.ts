import { type Verdict } from '@closewatch/socket-states';

/** Another verdict must stand for so long before it takes the place of the one that was told. */
const SETTLES_AFTER_MS = 30_000;
/** Not asked about for so long, it no longer stands. */
const FORGET_MS = 60_000;

/** Verdicts that differ from what was told, and since when. */
export class SettlingVerdicts {
  private readonly since = new Map<string, { verdict: Verdict; since: number; askedAt: number }>();

  /** Whether a verdict has stood long enough for a key, at an instant (milliseconds). To be asked each time it is seen. */
  isSettled(key: string, verdict: Verdict, at: number): boolean {
    const known = this.since.get(key);
    const stands = known?.verdict === verdict && at - known.askedAt <= FORGET_MS;
    const since = stands ? known.since : at;
    this.since.set(key, { verdict, since, askedAt: at });
    for (const [other, { askedAt }] of this.since) if (at - askedAt > FORGET_MS) this.since.delete(other);
    return at - since >= SETTLES_AFTER_MS;
  }
}
