import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { instantArray, plainArray } from './plain-array.ts';
import { snapshotKey, type SnapshotRow } from './snapshot-row.ts';

/** What was stored, and what was not because it came late. */
export interface InsertedSnapshots {
  /** Keys of those that are new. */
  readonly fresh: Set<string>;
  /** Those taken before `packing.closed_until`. */
  readonly late: SnapshotRow[];
}

const COLUMNS = ['interval_ms', 'run_id', 'seq', 'complete', 'stands_at', ...TCP_STATES].join(', ');
const TYPES = ['integer', 'integer', 'timestamptz', 'integer', 'uuid', 'bigint', 'boolean', 'timestamptz'].concat(
  TCP_STATES.map(() => 'integer'),
);
const TOLD = `unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
                 AS told (host_id, netns_id, taken_at, ${COLUMNS})`;

/**
 * Stores snapshots whose hour is not closed; one that is there already stays as it is. The transaction must hold the lock
 * under which hours are closed, by a statement before this one.
 */
export async function insertIntoHot(sql: Sql, rows: readonly SnapshotRow[]): Promise<InsertedSnapshots> {
  // What is asked for are the exceptions: nearly always there are none.
  const exceptions = await sql.query<(StoredKey & { late: boolean })[]>(
    `WITH told AS MATERIALIZED (
       SELECT *, taken_at < (SELECT closed_until FROM packing) AS late FROM ${TOLD}
     ), fresh AS (
       INSERT INTO snapshot (host_id, netns_id, taken_at, ${COLUMNS})
       SELECT host_id, netns_id, taken_at, ${COLUMNS} FROM told WHERE NOT late
       ON CONFLICT DO NOTHING
       RETURNING host_id, netns_id, taken_at
     ), repeated AS (
       SELECT host_id, netns_id, taken_at FROM told WHERE NOT late EXCEPT SELECT host_id, netns_id, taken_at FROM fresh
     )
     SELECT host_id AS "hostId", netns_id AS netns, taken_at AS "takenAt", false AS late FROM repeated
      UNION ALL
     SELECT host_id, netns_id, taken_at, true FROM told WHERE late`,
    snapshotColumns(rows),
  );
  const fresh = new Set(rows.map(keyOf));
  for (const key of exceptions) fresh.delete(storedKey(key));
  const late = new Set(exceptions.filter((key) => key.late).map(storedKey));
  return { fresh, late: late.size === 0 ? [] : rows.filter((row) => late.has(keyOf(row))) };
}

/** Stores snapshots in the late table; one that is there already stays as it is. Returns the keys of those that are new. */
export async function insertIntoLate(sql: Sql, rows: readonly SnapshotRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const stored = await sql.query<StoredKey[]>(
    `INSERT INTO snapshot_late (host_id, netns_id, taken_at, ${COLUMNS})
     SELECT * FROM ${TOLD}
     ON CONFLICT DO NOTHING
     RETURNING host_id AS "hostId", netns_id AS netns, taken_at AS "takenAt"`,
    snapshotColumns(rows),
  );
  return new Set(stored.map(storedKey));
}

interface StoredKey {
  readonly hostId: number;
  readonly netns: number;
  readonly takenAt: Date;
}

function storedKey({ hostId, netns, takenAt }: StoredKey): string {
  return snapshotKey(hostId, netns, takenAt.getTime());
}

export function keyOf({ hostId, snapshot }: SnapshotRow): string {
  return snapshotKey(hostId, snapshot.netns, Date.parse(snapshot.takenAt));
}

function snapshotColumns(rows: readonly SnapshotRow[]): string[] {
  return [
    plainArray(rows.map(({ hostId }) => hostId)),
    plainArray(rows.map(({ snapshot }) => snapshot.netns)),
    plainArray(rows.map(({ snapshot }) => snapshot.takenAt)),
    plainArray(rows.map(({ snapshot }) => snapshot.intervalMs)),
    plainArray(rows.map(({ runId }) => runId)),
    plainArray(rows.map(({ snapshot }) => snapshot.seq)),
    plainArray(rows.map(({ snapshot }) => snapshot.complete)),
    instantArray(rows.map(({ snapshot, standsAt }) => (standsAt < Date.parse(snapshot.takenAt) ? standsAt : null))),
    ...TCP_STATES.map((state) => plainArray(rows.map(({ snapshot }) => snapshot.counts[state]))),
  ];
}
