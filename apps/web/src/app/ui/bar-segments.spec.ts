import { emptyTally } from '@closewatch/socket-states';
import { barSegments } from './bar-segments.ts';

describe('barSegments', () => {
  it('puts CLOSE_WAIT at the left edge', () => {
    const counts = { ...emptyTally(), established: 60_000, close_wait: 1, time_wait: 900 };
    expect(barSegments(counts).map(({ state }) => state)).toEqual(['close_wait', 'time_wait', 'established']);
  });

  it('shares the bar among connections only', () => {
    const segments = barSegments({ ...emptyTally(), listen: 1_000, closed: 5, established: 3, close_wait: 1 });
    expect(segments).toEqual([
      { state: 'close_wait', count: 1, share: 0.25 },
      { state: 'established', count: 3, share: 0.75 },
    ]);
  });

  it('has no segment for a state that has no sockets or was not measured', () => {
    expect(barSegments({ ...emptyTally(), time_wait: null, syn_sent: 0 })).toEqual([]);
  });
});
