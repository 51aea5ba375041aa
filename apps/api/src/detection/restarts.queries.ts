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
