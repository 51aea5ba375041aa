import { type Sql } from '../database/data-source.ts';

/** A snapshot that a host sent as text. */
export interface EarlierText {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

/** The host's number in the database; undefined before its first text. */
export async function findTextHost(sql: Sql, agentId: string): Promise<number | undefined> {
  const rows = await sql.query<{ hostId: number }[]>('SELECT host_id AS "hostId" FROM host WHERE agent_id = $1', [
    agentId,
  ]);
  return rows[0]?.hostId;
}

/** The last two snapshots of a host, the newest first. `since` (milliseconds) spares the older partitions. */
export async function lastTexts(sql: Sql, hostId: number, since: number): Promise<EarlierText[]> {
  const rows = await sql.query<{ seq: string; takenAt: Date }[]>(
    `SELECT seq, taken_at AS "takenAt"
       FROM snapshot
      WHERE host_id = $1 AND netns_id = 0 AND taken_at >= $2
      ORDER BY taken_at DESC
      LIMIT 2`,
    [hostId, new Date(since)],
  );
  return rows.map(({ seq, takenAt }) => ({ seq: Number(seq), takenAt: takenAt.getTime() }));
}
