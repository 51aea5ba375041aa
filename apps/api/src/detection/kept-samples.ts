import { type ExhaustionThresholds, LEAK_MEMORY } from '@closewatch/socket-states';

/** A rule that looks for several samples in a row finds them on hosts that sample slowly, too. */
const LEAST_INTERVALS = 3;

/** How long a window is on a host that samples once an interval: as long as is wished for, and a few samples at least. Milliseconds. */
export function windowFor(wishedMs: number, intervalMs: number, leastSamples = 0): number {
  return Math.max(wishedMs, Math.max(LEAST_INTERVALS, leastSamples + 1) * intervalMs);
}

/** How long the use of something is remembered: longer than its trend is looked for, which wants a number of samples. */
export function useKeptMs({ trend, forMs }: ExhaustionThresholds, intervalMs: number): number {
  return Math.max(Math.max(trend.windowMs, forMs) * 1.5, LEAK_MEMORY.intervals * intervalMs);
}

/** Which samples are kept besides what is newer than a time. */
export interface Keeping {
  /** Of two closer than this (milliseconds) the first. */
  readonly apartMs?: number;
  /** No more than so many, the newest. */
  readonly most?: number;
}

/** Samples of one thing, oldest first. */
export class KeptSamples<Sample extends { readonly at: number }> {
  private kept: Sample[] = [];

  get all(): readonly Sample[] {
    return this.kept;
  }

  get newestAt(): number {
    return this.kept.at(-1)?.at ?? -Infinity;
  }

  /** Adds what is newer than all there is, and drops what is older than `keepMs`. */
  add(sample: Sample, keepMs: number, { apartMs = 0, most = Infinity }: Keeping = {}): void {
    if (sample.at <= this.newestAt || sample.at - this.newestAt < apartMs) return;
    this.kept.push(sample);
    const since = sample.at - keepMs;
    const first = Math.max(
      this.kept.findIndex(({ at }) => at >= since),
      this.kept.length - most,
    );
    if (first > 0) this.kept.splice(0, first);
  }
}
