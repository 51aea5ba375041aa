import { type Push } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';

/** A host as ingest knows it. Times in milliseconds since the epoch. */
export interface HostRecord {
  readonly hostId: number;
  readonly agentId: string;
  readonly runId: string;
  readonly bootId: string;
  readonly machineId: string;
  readonly since: number;
  readonly until: number;
  readonly intervalMs: number;
  readonly syncedRunId: string | null;
}

/** The hosts of these agents, locked until the end of the transaction: two pushes of one agent are judged in turn. */
export async function lockHosts(sql: Sql, agentIds: readonly string[]): Promise<HostRecord[]> {
  const rows = await sql.query<(Omit<HostRecord, 'since' | 'until'> & { since: Date; until: Date })[]>(
    `SELECT host_id AS "hostId", agent_id AS "agentId", run_id AS "runId", boot_id AS "bootId",
            machine_id AS "machineId", run_since AS since, run_until AS until, interval_ms AS "intervalMs",
            synced_run_id AS "syncedRunId"
       FROM host
      WHERE agent_id = ANY($1::uuid[])
      ORDER BY host_id
        FOR UPDATE`,
    [agentIds],
  );
  return rows.map((row) => ({ ...row, since: row.since.getTime(), until: row.until.getTime() }));
}

/** What a host's attributes become. Times in milliseconds since the epoch. */
export interface HostUpdate {
  readonly header: Omit<Push, 'snapshots'>;
  readonly since: number;
  readonly until: number;
  readonly intervalMs: number;
  readonly syncedRunId: string | null;
}

/** Inserts or updates hosts by agentId; returns their host_id by agentId. */
export async function upsertHosts(sql: Sql, updates: readonly HostUpdate[]): Promise<Map<string, number>> {
  const column = <Value>(of: (update: HostUpdate) => Value): Value[] => updates.map(of);
  const rows = await sql.query<{ hostId: number; agentId: string }[]>(
    `INSERT INTO host (agent_id, hostname, machine_id, boot_id, run_id, run_since, run_until, synced_run_id,
                       agent_version, kernel, source, capabilities, missing, clock_offset_ms, interval_ms,
                       first_seen_at)
     SELECT *
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
                   $8::uuid[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::jsonb[],
                   $14::double precision[], $15::integer[], $16::timestamptz[])
     ON CONFLICT (agent_id) DO UPDATE
        SET hostname = excluded.hostname, machine_id = excluded.machine_id, boot_id = excluded.boot_id,
            run_id = excluded.run_id, run_since = excluded.run_since, run_until = excluded.run_until,
            synced_run_id = excluded.synced_run_id, agent_version = excluded.agent_version,
            kernel = excluded.kernel, source = excluded.source, capabilities = excluded.capabilities,
            missing = excluded.missing, clock_offset_ms = excluded.clock_offset_ms,
            interval_ms = excluded.interval_ms,
            first_seen_at = least(host.first_seen_at, excluded.first_seen_at)
     RETURNING host_id AS "hostId", agent_id AS "agentId"`,
    [
      column(({ header }) => header.agentId),
      column(({ header }) => header.agent.hostname),
      column(({ header }) => header.agent.machineId),
      column(({ header }) => header.bootId),
      column(({ header }) => header.runId),
      column(({ since }) => new Date(since).toISOString()),
      column(({ until }) => new Date(until).toISOString()),
      column(({ syncedRunId }) => syncedRunId),
      column(({ header }) => header.agent.version),
      column(({ header }) => header.agent.kernel),
      column(({ header }) => header.agent.source),
      column(({ header }) => JSON.stringify(header.agent.capabilities)),
      column(({ header }) => JSON.stringify(header.agent.missing)),
      column(({ header }) => header.agent.clockOffsetMs),
      column(({ intervalMs }) => intervalMs),
      column(({ since }) => new Date(since).toISOString()),
    ],
  );
  return new Map(rows.map(({ agentId, hostId }) => [agentId, hostId]));
}
