import { type KernelCounter } from '@closewatch/protocol';

/** Linux keeps a TIME_WAIT for a fixed 60 s (TCP_TIMEWAIT_LEN). */
const TIME_WAIT_SECONDS = 60;

/** Counters of the kernel at an instant, in milliseconds on the monotonic clock. */
export interface CounterReading {
  readonly at: number;
  readonly values: ReadonlyMap<KernelCounter, number>;
}

/**
 * Connections that this side closed first, a second. Between two readings the kernel's counters tell exactly: TW or
 * TWKilled (shorter than 4 s) rises when a record is made, TCPTimeWaitOverflow when there is no room for one. Without
 * them TIME_WAIT / 60 must do, which is too low while the count grows, and past tcp_max_tw_buckets. Null: neither is there.
 */
export function closesPerSecond(
  before: CounterReading | undefined,
  now: CounterReading,
  timeWait: number | null,
): number | null {
  const closesBefore = before && closesIn(before.values);
  const closes = closesIn(now.values);
  if (before !== undefined && closesBefore !== undefined && closes !== undefined) {
    const seconds = (now.at - before.at) / 1000;
    // Counters that fall are another kernel's or namespace's.
    if (seconds > 0 && closes >= closesBefore) return rounded((closes - closesBefore) / seconds);
  }
  return timeWait === null ? null : rounded(timeWait / TIME_WAIT_SECONDS);
}

function closesIn(values: ReadonlyMap<KernelCounter, number>): number | undefined {
  const kept = values.get('TW');
  if (kept === undefined) return undefined;
  return kept + (values.get('TWKilled') ?? 0) + (values.get('TCPTimeWaitOverflow') ?? 0);
}

function rounded(rate: number): number {
  return Math.round(rate * 100) / 100;
}
