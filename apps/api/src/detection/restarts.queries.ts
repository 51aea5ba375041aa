import { type AgentEvent } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

export type ServiceRestart = Extract<AgentEvent, { kind: 'service_restarted' }>;

/** Restarts of services that the agents of some hosts told of since an instant (milliseconds). */
export async function readRestarts(
  sql: Sql,
  hostIds: readonly number[],
  since: number,
): Promise<Map<number, ServiceRestart[]>> {
  if (hostIds.length === 0) return new Map();
  const rows = await sql.query<{ hostId: number; content: ServiceRestart }[]>(
    `SELECT host_id AS "hostId", content
       FROM agent_event
      WHERE host_id = ANY($1::integer[]) AND happened_at >= $2 AND kind = 'service_restarted'
      ORDER BY happened_at`,
    [hostIds, isoInstant(since)],
  );
  const restarts = new Map<number, ServiceRestart[]>();
  for (const { hostId, content } of rows) restarts.set(hostId, [...(restarts.get(hostId) ?? []), content]);
  return restarts;
}

/** As many replacements of containers are followed back. */
const MOST_REPLACED = 20;

/** The containers of a host whose place this one took, one after the other, since an instant (milliseconds). */
export async function readReplacedContainers(
  sql: Sql,
  hostId: number,
  containerId: string,
  since: number,
): Promise<string[]> {
  const rows = await sql.query<{ container: string }[]>(
    `WITH RECURSIVE replaced AS MATERIALIZED (
       SELECT DISTINCT content #>> '{process,containerId}' AS container, content #>> '{before,containerId}' AS before
         FROM agent_event
        WHERE host_id = $1 AND happened_at >= $3 AND kind = 'service_restarted'
          AND content #>> '{process,containerId}' <> content #>> '{before,containerId}'
     ), chain (container, length) AS (
       SELECT $2::text, 0
        UNION
       SELECT before, length + 1 FROM chain JOIN replaced USING (container) WHERE length < ${MOST_REPLACED}
     )
     SELECT DISTINCT container FROM chain WHERE container <> $2`,
    [hostId, containerId, isoInstant(since)],
  );
  return rows.map(({ container }) => container);
}
