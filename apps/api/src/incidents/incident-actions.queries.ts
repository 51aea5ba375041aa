import { type Incident } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

/** What people say and do about an incident, as it is stored. Instants are milliseconds since the epoch. */
export interface ActedIncident {
  readonly open: boolean;
  readonly acknowledged: { readonly at: number; readonly by: string } | null;
  readonly owner: string | null;
  readonly review: Incident['review'];
}

/** Reads it and keeps everybody else from changing it until the transaction ends. Undefined: it is gone. */
export async function lockIncident(sql: Sql, hostId: number, id: string): Promise<ActedIncident | undefined> {
  type Row = {
    open: boolean;
    at: Date | null;
    by: string | null;
    owner: string | null;
    review: Incident['review'];
  };
  const [row] = await sql.query<Row[]>(
    `SELECT resolved_at IS NULL AS open, acknowledged_at AS at, acknowledged_by AS by, owner, review
       FROM incident
      WHERE host_id = $1 AND incident_id = $2
        FOR UPDATE`,
    [hostId, id],
  );
  if (row === undefined) return undefined;
  const { open, at, by, owner, review } = row;
  return { open, acknowledged: at === null ? null : { at: at.getTime(), by: by ?? '' }, owner, review };
}

/** Stores what has become of it. */
export async function writeActed(
  sql: Sql,
  hostId: number,
  id: string,
  { acknowledged, owner, review }: Omit<ActedIncident, 'open'>,
): Promise<void> {
  await sql.query(
    `UPDATE incident
        SET acknowledged_at = $3, acknowledged_by = $4, owner = $5, review = $6, version = version + 1
      WHERE host_id = $1 AND incident_id = $2`,
    [
      ...[hostId, id],
      acknowledged === null ? null : isoInstant(acknowledged.at),
      acknowledged?.by ?? null,
      owner,
      review === null ? null : JSON.stringify(review),
    ],
  );
}

/** Ends it, because somebody says so. Nothing is waited for any longer. */
export async function resolveByHand(sql: Sql, hostId: number, id: string, at: number): Promise<void> {
  await sql.query(
    `UPDATE incident
        SET resolved_at = $3, resolved_as = 'by_hand', stale_since = NULL, clearing_since = NULL, version = version + 1
      WHERE host_id = $1 AND incident_id = $2`,
    [hostId, id, isoInstant(at)],
  );
}
