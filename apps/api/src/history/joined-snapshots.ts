import { TCP_STATES } from '@closewatch/socket-states';
import { type Column } from '../packing/column-codec.ts';
import { countColumns, type SnapshotColumns } from '../packing/snapshot-pack.ts';

/** The columns in the order in which they are joined. */
function columnsOf({ takenAt, standsAt, intervalMs, seq, complete, run, counts }: SnapshotColumns): Column[] {
  return [takenAt, standsAt, intervalMs, seq, complete, run, ...TCP_STATES.map((state) => counts[state])];
}

function snapshotsOf(columns: readonly Column[], runIds: readonly string[]): SnapshotColumns {
  const [takenAt, standsAt, intervalMs, seq, complete, run, ...states] = columns;
  if (!takenAt || !standsAt || !intervalMs || !seq || !complete || !run) throw new RangeError('A column is missing.');
  return { takenAt, standsAt, intervalMs, seq, complete, run, runIds, counts: countColumns(states) };
}

/** Pieces one after the other, as they are. */
export function concatenated(pieces: readonly SnapshotColumns[]): SnapshotColumns {
  const runIds = [...new Set(pieces.flatMap((piece) => piece.runIds))];
  const places = new Map(runIds.map((runId, index) => [runId, index]));
  const length = pieces.reduce((sum, { takenAt }) => sum + takenAt.length, 0);
  const columns = Array.from({ length: 6 + TCP_STATES.length }, () => new Float64Array(length));
  const series = snapshotsOf(columns, runIds);
  let end = 0;
  for (const piece of pieces) {
    for (const [index, column] of columnsOf(piece).entries()) columns[index]?.set(column, end);
    const ownPlaces = piece.runIds.map((runId) => places.get(runId) ?? 0);
    for (const run of piece.run) series.run[end++] = ownPlaces[run] ?? 0;
  }
  return series;
}

/** One series from few pieces, each ordered or not; of snapshots of one instant that of the earlier piece counts. */
export function joinSnapshots(pieces: readonly SnapshotColumns[]): SnapshotColumns {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1 && increases(first.takenAt)) return first;
  const series = concatenated(pieces);
  const rank = pieces.flatMap((piece, index) => new Array<number>(piece.takenAt.length).fill(index));
  return pick(series, orderOf(series.takenAt, rank));
}

function increases(takenAt: Column): boolean {
  for (let index = 1; index < takenAt.length; index++) {
    if ((takenAt[index] ?? 0) <= (takenAt[index - 1] ?? 0)) return false;
  }
  return true;
}

/** Indices in the order of time, each instant once, that of the least rank. */
function orderOf(takenAt: Column, rank: readonly number[]): Uint32Array {
  const order = Uint32Array.from(takenAt.keys());
  order.sort((a, b) => (takenAt[a] ?? 0) - (takenAt[b] ?? 0) || (rank[a] ?? 0) - (rank[b] ?? 0));
  return order.filter((place, index) => index === 0 || takenAt[place] !== takenAt[order[index - 1] ?? 0]);
}

function pick(snapshots: SnapshotColumns, order: Uint32Array): SnapshotColumns {
  const picked = columnsOf(snapshots).map((column) => {
    const values = new Float64Array(order.length);
    order.forEach((place, index) => (values[index] = column[place] ?? NaN));
    return values;
  });
  return snapshotsOf(picked, snapshots.runIds);
}

/** Those taken in from..to (milliseconds, `to` included) of an ordered series; shares its memory. */
export function cutSnapshots(snapshots: SnapshotColumns, from: number, to: number): SnapshotColumns {
  const { takenAt } = snapshots;
  const first = firstFrom(takenAt, from);
  const end = firstFrom(takenAt, to + 1);
  if (first === 0 && end === takenAt.length) return snapshots;
  return snapshotsOf(
    columnsOf(snapshots).map((column) => column.subarray(first, end)),
    snapshots.runIds,
  );
}

/** Index of the first value that is not less than `least`, of increasing values. */
export function firstFrom(values: Column, least: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
