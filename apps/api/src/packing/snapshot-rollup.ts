import { TCP_STATES } from '@closewatch/socket-states';
import { type Column } from './column-codec.ts';
import { type SnapshotColumns } from './snapshot-pack.ts';

/** Some snapshots summed up, in the order of TCP_STATES; null where a state was never counted. */
export interface Rollup {
  /** How many of them counted the state. */
  readonly measured: readonly number[];
  readonly least: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly greatest: readonly (number | null)[];
}

export function rollUp({ counts }: SnapshotColumns): Rollup {
  const extents = TCP_STATES.map((state) => extentOf(counts[state]));
  return {
    measured: extents.map(({ measured }) => measured),
    least: extents.map(({ measured, least }) => (measured === 0 ? null : least)),
    mean: extents.map(({ measured, sum }) => (measured === 0 ? null : sum / measured)),
    greatest: extents.map(({ measured, greatest }) => (measured === 0 ? null : greatest)),
  };
}

function extentOf(values: Column) {
  let [measured, sum, least, greatest] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    measured++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { measured, sum, least, greatest };
}
