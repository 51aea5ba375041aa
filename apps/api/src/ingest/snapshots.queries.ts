import { type Snapshot } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

export interface SnapshotRow {
  readonly hostId: number;
  readonly runId: string;
  readonly snapshot: Snapshot;
  /** The instant that its contents stand for, milliseconds since the epoch; earlier than `takenAt` if that was ahead. */
  readonly standsAt: number;
}

/** What makes a snapshot that one and no other. */
export function snapshotKey(hostId: number, netns: number, takenAtMs: number): string {
  return `${hostId} ${netns} ${takenAtMs}`;
}

/** Stores snapshots; one that is there already stays as it is. Returns the keys of those that are new. */
export async function insertSnapshots(sql: Sql, rows: readonly SnapshotRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const counts = TCP_STATES.map((_, index) => `$${index + 9}::integer[]`).join(', ');
  const inserted = await sql.query<{ hostId: number; netns: number; takenAt: Date }[]>(
    `INSERT INTO snapshot (host_id, netns_id, taken_at, interval_ms, run_id, seq, complete, stands_at,
                           ${TCP_STATES.join(', ')})
     SELECT *
       FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::integer[], $5::uuid[], $6::bigint[],
                   $7::boolean[], $8::timestamptz[], ${counts})
     ON CONFLICT DO NOTHING
     RETURNING host_id AS "hostId", netns_id AS netns, taken_at AS "takenAt"`,
    [
      rows.map(({ hostId }) => hostId),
      rows.map(({ snapshot }) => snapshot.netns),
      rows.map(({ snapshot }) => snapshot.takenAt),
      rows.map(({ snapshot }) => snapshot.intervalMs),
      rows.map(({ runId }) => runId),
      rows.map(({ snapshot }) => snapshot.seq),
      rows.map(({ snapshot }) => snapshot.complete),
      rows.map(({ snapshot, standsAt }) => (standsAt < Date.parse(snapshot.takenAt) ? isoInstant(standsAt) : null)),
      ...TCP_STATES.map((state) => rows.map(({ snapshot }) => snapshot.counts[state])),
    ],
  );
  return new Set(inserted.map(({ hostId, netns, takenAt }) => snapshotKey(hostId, netns, takenAt.getTime())));
}

/** A complete snapshot. */
export interface CompleteRow {
  readonly hostId: number;
  readonly netns: number;
  /** The instant that its contents stand for, milliseconds since the epoch. */
  readonly standsAt: number;
}

export function completeColumns(rows: readonly CompleteRow[]): unknown[] {
  return [
    rows.map(({ hostId }) => hostId),
    rows.map(({ netns }) => netns),
    rows.map(({ standsAt }) => isoInstant(standsAt)),
  ];
}
