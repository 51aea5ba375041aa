import type { StateSeries } from '@closewatch/protocol';
import { TCP_STATES, type StateCounts, type TcpState } from '@closewatch/socket-states';

/** Counts at one instant, as they came over the live connection. */
export interface LivePoint {
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly counts: StateCounts;
}

/** Columns for a chart: `t` in milliseconds, ascending; null in a series is a gap. */
export interface ChartData {
  readonly t: readonly number[];
  readonly series: Readonly<Record<TcpState, readonly (number | null)[]>>;
  /** Length of a step of the part that comes from history, in milliseconds; 0 without history. */
  readonly stepMs: number;
}

export interface ChartWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
}

/**
 * Joins history with the live points after it. History contributes the **highest** count of each step, so that a spike
 * does not vanish on a long range. Steps without data are dropped; where two neighbours are farther apart than three
 * samples (or two steps), and not because the host sampled that seldom then, a row of nulls stands between them: a gap is
 * drawn as a gap, never as a line and never as zero.
 */
export function chartData(
  history: StateSeries | null,
  live: readonly LivePoint[],
  { fromMs, toMs, intervalMs }: ChartWindow,
): ChartData {
  const stepMs = history?.stepMs ?? 0;
  const points = historyPoints(history);
  const historyEnd = points.at(-1)?.t ?? Number.NEGATIVE_INFINITY;
  for (const point of live) if (point.t > historyEnd) points.push(point);

  const t: number[] = [];
  const series = Object.fromEntries(TCP_STATES.map((state) => [state, []])) as unknown as Record<
    TcpState,
    (number | null)[]
  >;
  const gapMs = Math.max(3 * intervalMs, 2 * stepMs, 15_000);
  const shown = points.filter((point) => point.t >= fromMs && point.t <= toMs);
  const spacings = shown.slice(1).map((point, index) => point.t - (shown[index]?.t ?? point.t));
  for (const [index, point] of shown.entries()) {
    const previous = t.at(-1);
    if (previous !== undefined && (spacings[index - 1] ?? 0) > gapMs && !isRhythm(spacings, index - 1)) {
      t.push(previous + 1);
      for (const state of TCP_STATES) series[state].push(null);
    }
    t.push(point.t);
    for (const state of TCP_STATES) series[state].push(point.counts[state]);
  }
  const last = t.at(-1);
  if (last !== undefined && toMs - last > gapMs) {
    // The host fell silent: the gap goes on until now.
    t.push(last + 1, toMs);
    for (const state of TCP_STATES) series[state].push(null, null);
  }
  return { t, series, stepMs };
}

/** So many spacings in a row are how the host sampled; fewer may be what is left between gaps. */
const RHYTHM = 3;

/** Whether the spacings before or after one are about as long: `intervalMs` is today's, the host may have had another. */
function isRhythm(spacings: readonly number[], index: number): boolean {
  const spacing = spacings[index] ?? 0;
  const before = spacings.slice(Math.max(0, index - RHYTHM), index);
  const after = spacings.slice(index + 1, index + 1 + RHYTHM);
  return [before, after].some((side) => side.length === RHYTHM && side.every((other) => 3 * other >= spacing));
}

/** Drops live points that history has taken over or that have left the longest range. */
export function pruneLive(live: readonly LivePoint[], history: StateSeries | null, oldestMs: number): LivePoint[] {
  const historyEnd = historyPoints(history).at(-1)?.t ?? Number.NEGATIVE_INFINITY;
  return live.filter(({ t }) => t >= oldestMs && t > historyEnd);
}

function historyPoints(history: StateSeries | null): LivePoint[] {
  if (history === null) return [];
  return history.t.flatMap((t, index) => {
    const counts = Object.fromEntries(
      TCP_STATES.map((state) => [state, history.series[state].max[index] ?? null]),
    ) as Record<TcpState, number | null>;
    return TCP_STATES.some((state) => counts[state] !== null) ? [{ t, counts }] : [];
  });
}
