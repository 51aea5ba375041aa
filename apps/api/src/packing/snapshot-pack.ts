import { type StateCounts, TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Column, packColumns, PackError, unpackColumns } from './column-codec.ts';

/**
 * Snapshots of one namespace of a host, ordered by `takenAt`, each instant once; one column for each thing they tell. All
 * columns have one length. Instants in milliseconds since the epoch.
 */
export interface SnapshotColumns {
  readonly takenAt: Column;
  /** The instant that the contents stand for, where it is earlier than `takenAt`, else the same. */
  readonly standsAt: Column;
  readonly intervalMs: Column;
  readonly seq: Column;
  /** 1 where every connection was listed, else 0. */
  readonly complete: Column;
  /** Index into `runIds`. */
  readonly run: Column;
  readonly runIds: readonly string[];
  /** NaN where a state was not counted. */
  readonly counts: Readonly<Record<TcpState, Column>>;
}

/** Of a pack. */
export const COLUMN_COUNT = 6 + TCP_STATES.length;

/** Packs snapshots of the hour that begins at `hour` (milliseconds); `runIds` are kept beside the pack, in a column. */
export function packSnapshots(hour: number, snapshots: SnapshotColumns): Buffer {
  const { takenAt, standsAt, intervalMs, seq, complete, run, counts } = snapshots;
  const ahead = takenAt.map((at, index) => at - (standsAt[index] ?? at));
  return packColumns([
    takenAt.map((at) => at - hour),
    ahead,
    intervalMs,
    seq,
    complete,
    run,
    ...TCP_STATES.map((state) => counts[state]),
  ]);
}

/** Columns in the order of TCP_STATES, by state; one for each of them. */
export function countColumns(states: readonly Column[]): Record<TcpState, Column> {
  return Object.fromEntries(TCP_STATES.map((state, index) => [state, states[index]])) as Record<TcpState, Column>;
}

/** What {@link packSnapshots} packed. Throws {@link PackError}. */
export function unpackSnapshots(hour: number, runIds: readonly string[], pack: Uint8Array): SnapshotColumns {
  const [offset, ahead, intervalMs, seq, complete, run, ...states] = unpackColumns(pack);
  if (!offset || !ahead || !intervalMs || !seq || !complete || !run || states.length !== TCP_STATES.length) {
    throw new PackError('it has another number of columns than snapshots have');
  }
  const takenAt = offset.map((at) => at + hour);
  return {
    takenAt,
    standsAt: takenAt.map((at, index) => at - (ahead[index] ?? 0)),
    intervalMs,
    seq,
    complete,
    run,
    runIds,
    counts: countColumns(states),
  };
}

/** One snapshot out of a pack; `takenAt` in milliseconds since the epoch. */
export interface PackedSnapshot {
  readonly takenAt: number;
  readonly intervalMs: number;
  readonly counts: StateCounts;
}

/** An hour of samples a second apart, times its columns. */
const SCRATCH = new Float64Array(3_600 * (6 + TCP_STATES.length));

/** The newest snapshot of a pack taken at or before an instant; undefined when all are later. Throws {@link PackError}. */
export function newestInPack(hour: number, pack: Uint8Array, at: number): PackedSnapshot | undefined {
  const [offset, , intervalMs, , , , ...states] = unpackColumns(pack, SCRATCH);
  const index = offset?.findLastIndex((value) => hour + value <= at) ?? -1;
  if (index === -1) return undefined;
  const counts = TCP_STATES.map((state, place) => {
    const count = states[place]?.[index] ?? NaN;
    return [state, Number.isNaN(count) ? null : count];
  });
  return {
    takenAt: hour + (offset?.[index] ?? 0),
    intervalMs: intervalMs?.[index] ?? 0,
    counts: Object.fromEntries(counts) as StateCounts,
  };
}
