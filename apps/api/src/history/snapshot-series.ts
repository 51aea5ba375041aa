import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { type Column } from '../packing/column-codec.ts';
import { type SnapshotColumns, unpackSnapshots } from '../packing/snapshot-pack.ts';
import { cutSnapshots, joinHours, joinSnapshots } from './joined-snapshots.ts';
import { findChunks, type SnapshotRange, type StoredChunk, type StoredRows } from './snapshot-chunks.queries.ts';
import { parseNumbers } from './stored-numbers.ts';
import { Turns } from './turns.ts';

/**
 * The snapshots of a namespace of a host that were taken in from..to (milliseconds since the epoch, `to` included): one
 * series, ordered by `takenAt`, each instant once, wherever they are kept (docs/adr/0023) and whatever the packer does
 * meanwhile. `sql` must not be inside a REPEATABLE READ transaction (see findChunks). The event loop is held for some 10 ms
 * at most. Throws PackError when a pack is damaged.
 */
export async function readSnapshots(sql: Sql, range: SnapshotRange): Promise<SnapshotColumns> {
  return cutSnapshots(await unpackChunks(await findChunks(sql, range)), range.from, range.to);
}

/** The series that chunks make. */
export async function unpackChunks(chunks: readonly StoredChunk[]): Promise<SnapshotColumns> {
  const turns = new Turns();
  const pieces: SnapshotColumns[] = [];
  for (const chunk of chunks) {
    pieces.push(
      chunk.content === null
        ? joinSnapshots([snapshotsOfRows(chunk)])
        : unpackSnapshots(chunk.hour.getTime(), chunk.runIds, chunk.content),
    );
    await turns.give();
  }
  return joinHours(pieces, turns);
}

/** Rows of one run, in any order. */
export function snapshotsOfRows({ runIds, samples, numbers }: StoredRows): SnapshotColumns {
  const [takenAt, ahead, intervalMs, seq, complete, ...states] = parseNumbers(numbers, samples);
  if (!takenAt || !ahead || !intervalMs || !seq || !complete || states.length !== TCP_STATES.length) {
    throw new RangeError('A chunk of snapshots has not the columns that were asked for.');
  }
  return {
    takenAt,
    standsAt: takenAt.map((at, index) => at - (ahead[index] ?? 0)),
    intervalMs,
    seq,
    complete,
    run: new Float64Array(samples),
    runIds,
    counts: Object.fromEntries(TCP_STATES.map((state, index) => [state, states[index]])) as Record<TcpState, Column>,
  };
}
