import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Column } from '../packing/column-codec.ts';
import { type SnapshotColumns } from '../packing/snapshot-pack.ts';

/** The columns in the order in which they are joined. */
function columnsOf({ takenAt, standsAt, intervalMs, seq, complete, run, counts }: SnapshotColumns): Column[] {
  return [takenAt, standsAt, intervalMs, seq, complete, run, ...TCP_STATES.map((state) => counts[state])];
}

function snapshotsOf(columns: readonly Column[], runIds: readonly string[]): SnapshotColumns {
  const [takenAt, standsAt, intervalMs, seq, complete, run, ...states] = columns;
  if (!takenAt || !standsAt || !intervalMs || !seq || !complete || !run) throw new RangeError('A column is missing.');
  const counts = Object.fromEntries(TCP_STATES.map((state, index) => [state, states[index]]));
  return { takenAt, standsAt, intervalMs, seq, complete, run, runIds, counts: counts as Record<TcpState, Column> };
}

/** One series from pieces in any order; of snapshots of one instant that of the earlier piece counts. */
export function joinSnapshots(pieces: readonly SnapshotColumns[]): SnapshotColumns {
  const runIds = [...new Set(pieces.flatMap((piece) => piece.runIds))];
  const runs = new Map(runIds.map((runId, index) => [runId, index]));
  const length = pieces.reduce((sum, { takenAt }) => sum + takenAt.length, 0);
  const columns = Array.from({ length: 6 + TCP_STATES.length }, () => new Float64Array(length));
  const joined = snapshotsOf(columns, runIds);
  // Hours, one after the other, are in order at once; only what overlaps has to be sorted.
  const ordered = pieces.toSorted((a, b) => (a.takenAt[0] ?? 0) - (b.takenAt[0] ?? 0));
  let at = 0;
  for (const piece of ordered) {
    columnsOf(piece).forEach((column, index) => columns[index]?.set(column, at));
    for (let index = at; index < at + piece.takenAt.length; index++) {
      joined.run[index] = runs.get(piece.runIds[joined.run[index] ?? 0] ?? '') ?? 0;
    }
    at += piece.takenAt.length;
  }
  if (increases(joined.takenAt)) return joined;
  const rank = rankOf(pieces, ordered);
  return pick(joined, orderOf(joined.takenAt, rank));
}

/** Where each snapshot's piece stands among the pieces as they were given. */
function rankOf(pieces: readonly SnapshotColumns[], ordered: readonly SnapshotColumns[]): Uint32Array {
  const places = new Map(pieces.map((piece, index) => [piece, index]));
  return Uint32Array.from(
    ordered.flatMap((piece) => new Array<number>(piece.takenAt.length).fill(places.get(piece) ?? 0)),
  );
}

function increases(takenAt: Column): boolean {
  for (let index = 1; index < takenAt.length; index++) {
    if ((takenAt[index] ?? 0) <= (takenAt[index - 1] ?? 0)) return false;
  }
  return true;
}

/** Indices in the order of time, each instant once, that of the least rank. */
function orderOf(takenAt: Column, rank: Uint32Array): Uint32Array {
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
