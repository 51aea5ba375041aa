import { LEAK_MEMORY, type HourlyMinimum, type LeakSample } from '@closewatch/socket-states';
import { type LeakedLifetimes, type SampledTimes } from './leak-history.queries.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const LEAKED_AFTER_MS = 60_000;
const OLD_AFTER_MS = 300_000;

type Span = Pick<LeakedLifetimes, 'openedAt' | 'endedAt' | 'orphaned' | 'count'>;

/**
 * What samples of one leak key would have been at some instants (milliseconds, ascending), by the lifetimes of its
 * connections. `orphansStay`: descriptors of orphaned ones are still open.
 */
export function replaySamples(spans: readonly Span[], instants: readonly number[], orphansStay: boolean): LeakSample[] {
  const known = spans
    .map(({ openedAt, endedAt, orphaned, count }) => ({
      opened: openedAt.getTime(),
      ended: endedAt === null || (orphaned && orphansStay) ? Infinity : endedAt.getTime(),
      count,
    }))
    .sort((a, b) => a.opened - b.opened);
  const byEnd = known.filter(({ ended }) => ended < Infinity).sort((a, b) => a.ended - b.ended);
  const entered = tally(known.map(({ opened, count }) => [opened, count]));
  const leaked = tally(known.map(({ opened, count }) => [opened + LEAKED_AFTER_MS, count]));
  const grewOld = (span: (typeof known)[number]): boolean => span.ended - span.opened >= OLD_AFTER_MS;
  const aged = tally(known.filter(grewOld).map(({ opened, count }) => [opened + OLD_AFTER_MS, count]));
  const ended = tally(byEnd.map(({ ended: at, count }) => [at, count]));
  const agedEnded = tally(byEnd.filter(grewOld).map(({ ended: at, count }) => [at, count]));
  const samples: LeakSample[] = [];
  let [openedBefore, endedBefore, first] = [0, 0, 0];
  for (const at of instants) {
    const [openedSoFar, endedSoFar] = [leaked(at), ended(at)];
    // Who has ended stays so: what is first of those that have not only moves on.
    while (first < known.length && (known[first]?.ended ?? Infinity) <= at) first++;
    const oldest = known[first]?.opened ?? Infinity;
    const standing = openedSoFar - endedSoFar;
    samples.push({
      at,
      leaked: standing,
      old: aged(at) - agedEnded(at),
      opened: samples.length === 0 ? 0 : openedSoFar - openedBefore,
      ended: samples.length === 0 ? 0 : endedSoFar - endedBefore,
      oldestMs: standing > 0 ? Math.max(0, at - oldest) : 0,
      young: entered(at) - openedSoFar,
    });
    [openedBefore, endedBefore] = [openedSoFar, endedSoFar];
  }
  return samples;
}

/** Fewest leaked in each of the hours in which something was sampled, up to `to`; looked at once a minute. */
export function replayHours(
  spans: readonly Span[],
  hours: readonly number[],
  to: number,
  orphansStay: boolean,
): HourlyMinimum[] {
  const recent = hours.filter((hour) => hour <= to).slice(-LEAK_MEMORY.hours);
  const instants = recent.flatMap((hour) =>
    Array.from({ length: HOUR_MS / MINUTE_MS }, (_, minute) => hour + minute * MINUTE_MS).filter((at) => at <= to),
  );
  const least = new Map<number, number>();
  for (const { at, leaked } of replaySamples(spans, instants, orphansStay)) {
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    least.set(hour, Math.min(least.get(hour) ?? Infinity, leaked));
  }
  return recent.map((hour) => ({ hour, least: least.get(hour) ?? null }));
}

/** When a namespace was sampled lately; of what is packed already, once a minute. */
export function recentInstants({ instants, hours }: SampledTimes, from: number, to: number): number[] {
  if (instants.length > 0 || hours.length === 0) return [...instants];
  const minutes = Math.floor((to - from) / MINUTE_MS);
  return Array.from({ length: minutes }, (_, minute) => from + minute * MINUTE_MS);
}

/** The sum of all that came up to an instant, to be asked for ascending ones. */
function tally(events: (readonly [at: number, count: number])[]): (at: number) => number {
  const sorted = events.sort(([a], [b]) => a - b);
  let [next, sum] = [0, 0];
  return (at) => {
    for (let event = sorted[next]; event !== undefined && event[0] <= at; event = sorted[++next]) sum += event[1];
    return sum;
  };
}
