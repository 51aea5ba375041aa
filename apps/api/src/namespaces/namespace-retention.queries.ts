import { type Sql } from '../database/data-source.ts';

/** Deletes details and names of namespaces, never a host's own, that were last seen before these instants (ISO 8601). */
export async function forgetNamespaces(sql: Sql, before: { details: string; names: string }): Promise<void> {
  await sql.query(
    `DELETE FROM section_latest section
      USING netns
      WHERE netns.host_id = section.host_id AND netns.netns_id = section.netns_id
        AND netns.netns_id <> 0 AND netns.last_seen_at < $1`,
    [before.details],
  );
  // Without a row here, one that is still open could never be found lost.
  await sql.query(
    `DELETE FROM netns
      WHERE netns_id <> 0 AND last_seen_at < $1
        AND NOT EXISTS (SELECT FROM connection_open open
                         WHERE open.host_id = netns.host_id AND open.netns_id = netns.netns_id)`,
    [before.names],
  );
}
