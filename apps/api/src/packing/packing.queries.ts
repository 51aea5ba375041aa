import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type HourPacker, type LateGroup } from './hour-packer.ts';

/** Shared by every transaction that stores samples, taken alone by whoever closes hours. */
export const INGEST_LOCK = 2_031_173_005;
/** Held by the one packer of a database while it works. */
export const PACKER_LOCK = 2_031_173_006;
/** With a host's number: shared by transactions that store late snapshots of it, taken alone by whoever packs those. */
const LATE_LOCK_CLASS = 20_311_730;
/** Whoever waits for {@link INGEST_LOCK} holds up every push that comes after. */
const CLOSE_PATIENCE_MS = 1_000;
const LENGTH_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** How far packing has come, milliseconds since the epoch, whole hours. */
export interface PackingState {
  /** What was taken before goes to the late tables. */
  readonly closedUntil: number;
  /** Hours before are read from packs. Never after `closedUntil`. */
  readonly packedUntil: number;
}

/** While the transaction lasts no hour is closed. A statement before those that store samples: each sees what was closed as it began. */
export async function keepHoursOpen(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock_shared($1)', [INGEST_LOCK]);
}

/** While the transaction lasts no late snapshot of these hosts moves into a pack. */
export async function keepLateUnmerged(sql: Sql, hostIds: readonly number[]): Promise<void> {
  await sql.query(
    `SELECT pg_advisory_xact_lock_shared($1, host_id)
       FROM (SELECT DISTINCT unnest($2::integer[]) AS host_id ORDER BY host_id) hosts`,
    [LATE_LOCK_CLASS, hostIds],
  );
}

/** For the transaction that moves late snapshots of a host into packs: ingest of such waits until it has committed. */
export async function lockLate(sql: Sql, hostId: number): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1, $2)', [LATE_LOCK_CLASS, hostId]);
}

export async function readPackingState(sql: Sql): Promise<PackingState> {
  const [row] = await sql.query<{ closedUntil: Date; packedUntil: Date }[]>(
    'SELECT closed_until AS "closedUntil", packed_until AS "packedUntil" FROM packing',
  );
  if (row === undefined) throw new Error('The table packing has lost its row. Restore it from a backup.');
  return { closedUntil: row.closedUntil.getTime(), packedUntil: row.packedUntil.getTime() };
}

/**
 * Closes the hours before `until` (milliseconds, a whole hour); never opens one again. Must run inside a transaction of its
 * own: when it has committed, nothing more is stored as a row of those hours.
 */
export async function closeHours(sql: Sql, until: number): Promise<void> {
  await sql.query(`SET LOCAL lock_timeout = ${CLOSE_PATIENCE_MS}`);
  await sql.query('SELECT pg_advisory_xact_lock($1)', [INGEST_LOCK]);
  await sql.query('UPDATE packing SET closed_until = greatest(closed_until, $1::timestamptz)', [isoInstant(until)]);
}

/** Has hours before `until` (milliseconds, a whole hour) read from packs. */
export async function setPackedUntil(sql: Sql, until: number): Promise<void> {
  await sql.query('UPDATE packing SET packed_until = least(closed_until, greatest(packed_until, $1::timestamptz))', [
    isoInstant(until),
  ]);
}

/** The hosts after `after`, in order; at most `limit`. */
export async function nextHosts(sql: Sql, after: number, limit: number): Promise<number[]> {
  const rows = await sql.query<{ hostId: number }[]>(
    'SELECT host_id AS "hostId" FROM host WHERE host_id > $1 ORDER BY host_id LIMIT $2',
    [after, limit],
  );
  return rows.map(({ hostId }) => hostId);
}

/** What came late about hours before `until` (milliseconds), by host, namespace and day or hour, the oldest first. */
export async function findLate(
  sql: Sql,
  { late, lateBy }: Pick<HourPacker, 'late' | 'lateBy'>,
  until: number,
): Promise<LateGroup[]> {
  const rows = await sql.query<{ hostId: number; netns: number; begins: Date }[]>(
    `SELECT host_id AS "hostId", netns_id AS netns, date_trunc('${lateBy}', taken_at) AS begins
       FROM ${late}
      WHERE taken_at < $1
      GROUP BY 1, 2, 3
      ORDER BY 3, 1, 2`,
    [isoInstant(until)],
  );
  return rows.map(({ hostId, netns, begins }) => {
    const from = begins.getTime();
    return { hostId, netns, from, until: Math.min(from + LENGTH_MS[lateBy], until) };
  });
}

/** Whether we are now the one packer of the database, until the connection ends or {@link endPacking}. */
export async function beginPacking(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ taken: boolean }[]>('SELECT pg_try_advisory_lock($1) AS taken', [PACKER_LOCK]);
  return row?.taken === true;
}

export async function endPacking(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_unlock($1)', [PACKER_LOCK]);
}
