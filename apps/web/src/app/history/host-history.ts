import { httpResource } from '@angular/common/http';
import { computed, effect, inject, linkedSignal, signal, untracked, type Signal } from '@angular/core';
import { StateSeriesSchema, type Host, type StateSeries } from '@closewatch/protocol';
import { Clock } from '../clock/clock.ts';
import type { Counted } from './counted.ts';
import { chartData, pruneLive, type ChartData, type LivePoint } from './chart-data.ts';
import { RANGE_MS, pointsFor, windowOf, type Range } from './ranges.ts';

/** After so many live points history is read again, and takes them over at its own resolution. */
const LIVE_POINTS = 720;

export interface HostHistory {
  readonly data: Signal<ChartData>;
  readonly window: Signal<{ readonly fromMs: number; readonly toMs: number }>;
  /** Nothing to draw yet. */
  readonly loading: Signal<boolean>;
  readonly error: Signal<Error | undefined>;
  reload(): void;
}

/**
 * The counts of a host, in one of its namespaces, over `range`: read once from history, then carried on by what `counted`
 * becomes with each live snapshot. Reading again keeps the old picture until the new one is there.
 */
export function hostHistory(host: Signal<Host>, counted: Signal<Counted>, range: Signal<Range>): HostHistory {
  const clock = inject(Clock);
  const hostId = computed(() => host().id);
  const netns = computed(() => counted().netns);
  const id = computed(() => `${hostId()} ${netns()}`);
  const version = signal(0);
  /** Of another host or namespace there are none yet. */
  const live = linkedSignal<string, readonly LivePoint[]>({ source: id, computation: () => [] });

  const read = httpResource(
    () => {
      version();
      const rangeMs = RANGE_MS[range()];
      const { nowMs, intervalMs } = untracked(() => ({ nowMs: clock.now(), intervalMs: counted().intervalMs }));
      const params = {
        from: new Date(nowMs - rangeMs).toISOString(),
        to: new Date(nowMs).toISOString(),
        points: pointsFor(rangeMs, intervalMs),
        ...(netns() === 0 ? {} : { netns: netns() }),
      };
      return { url: `/api/v1/hosts/${hostId()}/states`, params };
    },
    { parse: (body) => StateSeriesSchema.parse(body) },
  );
  const series = linkedSignal<{ id: string; range: Range; value: StateSeries | undefined }, StateSeries | null>({
    source: () => ({ id: id(), range: range(), value: read.hasValue() ? read.value() : undefined }),
    computation: (source, previous) => {
      if (source.value !== undefined) return source.value;
      const same = previous?.source.id === source.id && previous.source.range === source.range;
      return same ? previous.value : null;
    },
  });

  effect(() => {
    const { lastSeenAt, counts } = counted();
    if (counts === null) return;
    const t = Date.parse(lastSeenAt);
    untracked(() => {
      if (t <= (live().at(-1)?.t ?? Number.NEGATIVE_INFINITY)) return;
      const kept = pruneLive(live(), series(), clock.now() - RANGE_MS['24h']);
      live.set([...kept, { t, counts }]);
      if (live().length > LIVE_POINTS) version.update((count) => count + 1);
    });
  });

  const window = computed(() => {
    const toMs = Math.max(clock.now(), Date.parse(counted().lastSeenAt));
    return windowOf(RANGE_MS[range()], Date.parse(host().firstSeenAt), toMs);
  });
  return {
    data: computed(() => chartData(series(), live(), { ...window(), intervalMs: counted().intervalMs })),
    window,
    loading: computed(() => series() === null && read.isLoading()),
    error: computed(() => (series() === null ? read.error() : undefined)),
    reload: () => version.update((count) => count + 1),
  };
}
