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
    const steps = new Int32Array(takenAt.length);
    for (let sample = 0; sample < steps.length; sample++) {
      steps[sample] = Math.min(Math.floor(((takenAt[sample] ?? 0) - start) / stepMs), count - 1);
    }
    TCP_STATES.forEach((state, index) => {
      const extents = this.states[index];
      if (extents !== undefined) addSamples(extents, steps, counts[state]);
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

/** One value of one state for each of `steps`; NaN: not counted. */
function addSamples(extents: StateExtents, steps: Int32Array, values: Float64Array): void {
  for (let sample = 0; sample < steps.length; sample++) {
    const value = values[sample] ?? NaN;
    if (!Number.isNaN(value)) addExtent(extents, steps[sample] ?? 0, 1, value, value, value);
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

/** A mean to a thousandth: more digits say nothing of sockets and would be most of the answer. */
function rounded(mean: number): number {
  return Math.round(mean * 1_000) / 1_000;
}

function seriesOf(extents: StateExtents | undefined): StateSeries['series']['listen'] {
  if (extents === undefined) return { min: [], avg: [], max: [] };
  const { measured, least, sum, greatest } = extents;
  const min: (number | null)[] = [];
  const avg: (number | null)[] = [];
  const max: (number | null)[] = [];
  for (let step = 0; step < measured.length; step++) {
    const samples = measured[step] ?? 0;
    min.push(samples === 0 ? null : (least[step] ?? null));
    avg.push(samples === 0 ? null : rounded((sum[step] ?? 0) / samples));
    max.push(samples === 0 ? null : (greatest[step] ?? null));
  }
  return { min, avg, max };
}
