import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { countColumns, type SnapshotColumns, unpackSnapshots } from '../packing/snapshot-pack.ts';
import { cutSnapshots, joinSnapshots } from './joined-snapshots.ts';
import { findChunks, type SnapshotRange, type StoredChunk, type StoredRows } from './snapshot-chunks.queries.ts';
import { parseNumbers } from './stored-numbers.ts';
import { Turns } from './turns.ts';

/**
 * The snapshots of a namespace of a host that were taken in from..to (milliseconds since the epoch, `to` included), hour by
 * hour: one series, ordered by `takenAt`, each instant once, wherever they are kept (docs/adr/0023) and whatever the packer
 * does meanwhile. `sql` must not be inside a REPEATABLE READ transaction (see findChunks). Of a long series only the packs
 * are in memory at once, and the event loop is held for some 10 ms at most. Throws PackError when a pack is damaged.
 */
export async function* readHours(sql: Sql, range: SnapshotRange): AsyncGenerator<SnapshotColumns> {
  for await (const ofHour of unpackHours(await findChunks(sql, range))) {
    yield cutSnapshots(ofHour, range.from, range.to);
  }
}

/** The series that chunks make, hour by hour in the order of time. */
export async function* unpackHours(chunks: readonly StoredChunk[]): AsyncGenerator<SnapshotColumns> {
  const turns = new Turns();
  const hours = Map.groupBy(chunks, ({ hour }) => hour.getTime());
  for (const [, ofHour] of [...hours].sort(([a], [b]) => a - b)) {
    const pieces: SnapshotColumns[] = [];
    for (const chunk of ofHour) {
      pieces.push(snapshotsOfChunk(chunk));
      await turns.give();
    }
    yield joinSnapshots(pieces);
    await turns.give();
  }
}

function snapshotsOfChunk(chunk: StoredChunk): SnapshotColumns {
  if (chunk.content === null) return joinSnapshots([snapshotsOfRows(chunk)]);
  return unpackSnapshots(chunk.hour.getTime(), chunk.runIds, chunk.content);
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
    counts: countColumns(states),
  };
}
