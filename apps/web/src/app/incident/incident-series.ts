import { httpResource } from '@angular/common/http';
import { computed, linkedSignal, type Signal } from '@angular/core';
import { StateSeriesSchema, type StateSeries } from '@closewatch/protocol';
import type { StateCounts, TcpState } from '@closewatch/socket-states';
import { TCP_STATES } from '@closewatch/socket-states';
import { chartData, type ChartData } from '../history/chart-data.ts';
import type { TimeWindow } from './incident-window.ts';

const POINTS = 360;
/** A guess that only tells gaps from slow samples; chartData sees a slower rhythm by itself. */
const INTERVAL_MS = 5_000;

export interface SeriesAsked extends TimeWindow {
  readonly hostId: string;
  readonly netns: number;
}

export interface IncidentSeries {
  readonly data: Signal<ChartData>;
  readonly loading: Signal<boolean>;
  readonly error: Signal<Error | undefined>;
  reload(): void;
}

/** The counts of a host over a window of time, kept while the window moves on. */
export function readSeries(asked: Signal<SeriesAsked>): IncidentSeries {
  const read = httpResource(
    () => {
      const { hostId, netns, fromMs, toMs } = asked();
      const params = {
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        points: POINTS,
        ...(netns === 0 ? {} : { netns }),
      };
      return { url: `/api/v1/hosts/${hostId}/states`, params };
    },
    { parse: (body) => StateSeriesSchema.parse(body) },
  );
  const of = computed(() => `${asked().hostId} ${asked().netns}`);
  const series = linkedSignal<{ of: string; value: StateSeries | undefined }, StateSeries | null>({
    source: () => ({ of: of(), value: read.hasValue() ? read.value() : undefined }),
    computation: (source, previous) => source.value ?? (previous?.source.of === source.of ? previous.value : null),
  });
  return {
    data: computed(() => {
      const { fromMs, toMs } = asked();
      return chartData(series(), [], { fromMs, toMs, intervalMs: INTERVAL_MS });
    }),
    loading: computed(() => series() === null && read.isLoading()),
    error: computed(() => (series() === null ? read.error() : undefined)),
    reload: () => void read.reload(),
  };
}

/** The counts as they were last seen at an instant; null in a gap, and before the first. */
export function countsAt({ t, series, stepMs }: ChartData, atMs: number): StateCounts | null {
  let index = -1;
  for (const [candidate, seenMs] of t.entries()) {
    if (seenMs > atMs) break;
    index = candidate;
  }
  const seenMs = t[index];
  if (seenMs === undefined) return null;
  const counts = Object.fromEntries(TCP_STATES.map((state) => [state, series[state][index] ?? null])) as Record<
    TcpState,
    number | null
  >;
  const measured = TCP_STATES.some((state) => counts[state] !== null);
  const staleAfterMs = Math.max(3 * stepMs, 90_000);
  return measured && atMs - seenMs <= staleAfterMs ? counts : null;
}
