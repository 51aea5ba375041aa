import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { SUBJECT_COLUMNS, type SubjectRow } from './leak-subject.ts';

export interface OrphanRow extends SubjectRow {
  readonly socketId: string;
}

/** What orphans were while they stood in CLOSE_WAIT; those that never were, as far as was seen, are left out. */
export async function readOrphanSubjects(
  sql: Sql,
  {
    hostId,
    socketIds,
    since,
  }: { readonly hostId: number; readonly socketIds: readonly string[]; readonly since: number },
): Promise<OrphanRow[]> {
  if (socketIds.length === 0) return [];
  return sql.query<OrphanRow[]>(
    `SELECT DISTINCT ON (socket_id) socket_id AS "socketId", ${SUBJECT_COLUMNS}
       FROM connection_ended
      WHERE host_id = $1 AND socket_id = ANY($2::text[]) AND ended_at >= $3
      ORDER BY socket_id, ended_at DESC`,
    [hostId, socketIds, isoInstant(since)],
  );
}
