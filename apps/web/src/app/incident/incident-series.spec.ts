import { TCP_STATES } from '@closewatch/socket-states';
import type { ChartData } from '../history/chart-data.ts';
import { countsAt } from './incident-series.ts';

function closeWait(points: readonly [atMs: number, count: number | null][]): ChartData {
  const counts = points.map(([, count]) => count);
  return {
    t: points.map(([atMs]) => atMs),
    series: Object.fromEntries(TCP_STATES.map((state) => [state, counts])) as unknown as ChartData['series'],
    stepMs: 10_000,
  };
}

describe('countsAt', () => {
  const data = closeWait([
    [10_000, 1],
    [20_000, 2],
    [20_001, null],
    [500_000, 3],
  ]);

  it('tells what was seen last', () => {
    expect(countsAt(data, 10_000)?.close_wait).toBe(1);
    expect(countsAt(data, 19_999)?.close_wait).toBe(1);
    expect(countsAt(data, 20_000)?.close_wait).toBe(2);
  });

  it('tells nothing in a gap, before the first and long after the last', () => {
    expect(countsAt(data, 9_999)).toBeNull();
    expect(countsAt(data, 300_000)).toBeNull();
    expect(countsAt(data, 500_000)?.close_wait).toBe(3);
    expect(countsAt(data, 600_000)).toBeNull();
  });
});
