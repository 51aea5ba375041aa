import { type AgentEvent } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

/** Where an event stands: newest first, events of one instant in any order that stays. */
export type EventPlace = readonly [happenedAt: string, kind: string, digest: string];

export interface PlacedEvent {
  readonly event: AgentEvent;
  readonly place: EventPlace;
}

/** Events of a host, the newest first, from behind a place. */
export async function listEvents(
  sql: Sql,
  page: { readonly hostId: number; readonly after: EventPlace | undefined; readonly limit: number },
): Promise<PlacedEvent[]> {
  const rows = await sql.query<{ happenedAt: Date; kind: string; digest: string; content: AgentEvent }[]>(
    `SELECT happened_at AS "happenedAt", kind, digest, content
       FROM agent_event
      WHERE host_id = $1
        AND ($2::timestamptz IS NULL OR (happened_at, kind, digest) < ($2::timestamptz, $3::text, $4::uuid))
      ORDER BY happened_at DESC, kind DESC, digest DESC
      LIMIT $5`,
    [page.hostId, ...(page.after ?? [null, null, null]), page.limit],
  );
  return rows.map(({ happenedAt, kind, digest, content }) => ({
    event: content,
    place: [isoInstant(happenedAt), kind, digest],
  }));
}
