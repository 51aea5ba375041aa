import { type StateSeries } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type SnapshotColumns } from '../packing/snapshot-pack.ts';
import { type TimeGrid } from './time-grid.ts';

/** What some samples of one state tell together; `measured` of them counted it. */
export interface Extent {
  readonly measured: number;
  readonly least: number;
  readonly sum: number;
  readonly greatest: number;
}

interface StateExtents {
  readonly measured: Float64Array;
  readonly least: Float64Array;
  readonly sum: Float64Array;
  readonly greatest: Float64Array;
}

/** Least, mean and greatest count of each state in each step of a grid, gathered from samples and from rollups. */
export class StepExtents {
  /** In the order of TCP_STATES. */
  private readonly states: readonly StateExtents[];

  constructor(private readonly grid: TimeGrid) {
    this.states = TCP_STATES.map(() => ({
      measured: new Float64Array(grid.count),
      least: new Float64Array(grid.count).fill(Infinity),
      sum: new Float64Array(grid.count),
      greatest: new Float64Array(grid.count).fill(-Infinity),
    }));
  }

  /** Snapshots within the grid, or at its very end: such a one counts to the last step. */
  addSnapshots({ takenAt, counts }: SnapshotColumns): void {
    const { start, stepMs, count } = this.grid;
    const steps = Int32Array.from(takenAt, (at) => Math.min(Math.floor((at - start) / stepMs), count - 1));
    TCP_STATES.forEach((state, index) => {
      const extents = this.states[index];
      const column = counts[state];
      if (extents === undefined) return;
      for (let sample = 0; sample < steps.length; sample++) {
        const value = column[sample] ?? NaN;
        if (!Number.isNaN(value)) addExtent(extents, steps[sample] ?? 0, 1, value, value, value);
      }
    });
  }

  /** What is known of one state, by its index in TCP_STATES, in one step. */
  add(step: number, state: number, { measured, least, sum, greatest }: Extent): void {
    const extents = this.states[state];
    if (extents !== undefined && measured > 0) addExtent(extents, step, measured, least, sum, greatest);
  }

  /** Steps without samples are null: a gap is drawn as a gap. */
  series(): StateSeries['series'] {
    return Object.fromEntries(
      TCP_STATES.map((state, index) => [state, seriesOf(this.states[index])]),
    ) as StateSeries['series'];
  }
}

function addExtent(
  extents: StateExtents,
  step: number,
  measured: number,
  least: number,
  sum: number,
  greatest: number,
): void {
  extents.measured[step] = (extents.measured[step] ?? 0) + measured;
  extents.sum[step] = (extents.sum[step] ?? 0) + sum;
  if (least < (extents.least[step] ?? 0)) extents.least[step] = least;
  if (greatest > (extents.greatest[step] ?? 0)) extents.greatest[step] = greatest;
}

function seriesOf(extents: StateExtents | undefined): StateSeries['series']['listen'] {
  if (extents === undefined) return { min: [], avg: [], max: [] };
  const { measured, least, sum, greatest } = extents;
  const known = (of: (step: number) => number | undefined): (number | null)[] =>
    Array.from(measured, (samples, step) => (samples === 0 ? null : (of(step) ?? null)));
  return {
    min: known((step) => least[step]),
    avg: known((step) => (sum[step] ?? 0) / (measured[step] ?? 1)),
    max: known((step) => greatest[step]),
  };
}
