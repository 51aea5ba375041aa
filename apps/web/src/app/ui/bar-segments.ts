import type { StateCounts, TcpState } from '@closewatch/socket-states';
import { BAR_ORDER } from './tcp-states.ts';

export interface BarSegment {
  readonly state: TcpState;
  readonly count: number;
  /** Of all sockets in the bar, 0 to 1. */
  readonly share: number;
}

/** Sockets that are not connections say nothing about how connections close. */
const LEFT_OUT: ReadonlySet<TcpState> = new Set(['listen', 'closed']);

/**
 * What a bar shows, left to right; states without sockets have no segment. Segments are drawn with a least width
 * (state-bar.ts), so that one CLOSE_WAIT beside 60,000 ESTABLISHED is still seen.
 */
export function barSegments(counts: StateCounts): readonly BarSegment[] {
  const shown = BAR_ORDER.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count > 0 && !LEFT_OUT.has(state) ? [{ state, count }] : [];
  });
  const total = shown.reduce((sum, { count }) => sum + count, 0);
  return shown.map(({ state, count }) => ({ state, count, share: count / total }));
}
