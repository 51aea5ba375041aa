import { createHash } from 'node:crypto';
import { type AgentEvent } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { type SnapshotRow } from './snapshots.queries.ts';

/** Keeps the events that these snapshots tell, each once, however often and in which snapshots it is told. */
export async function keepAgentEvents(sql: Sql, rows: readonly SnapshotRow[]): Promise<void> {
  const told = rows.flatMap(({ hostId, runId, snapshot }) =>
    (snapshot.events ?? []).map((event) => ({ hostId, runId, event, digest: digestOf(event) })),
  );
  if (told.length === 0) return;
  await sql.query(
    `INSERT INTO agent_event (host_id, happened_at, kind, digest, run_id, content)
     SELECT * FROM unnest($1::integer[], $2::timestamptz[], $3::text[], $4::uuid[], $5::uuid[], $6::jsonb[])
     ON CONFLICT DO NOTHING`,
    [
      told.map(({ hostId }) => hostId),
      told.map(({ event }) => event.at),
      told.map(({ event }) => event.kind),
      told.map(({ digest }) => digest),
      told.map(({ runId }) => runId),
      told.map(({ event }) => JSON.stringify(event)),
    ],
  );
}

/** 128 bits of a hash of what happened, as a UUID. Parsed, an event has its keys in one order. */
function digestOf(event: AgentEvent): string {
  return createHash('sha256').update(JSON.stringify(event)).digest('hex').slice(0, 32);
}
