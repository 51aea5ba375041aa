import { type Agent, type Push } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { type HostRecord } from './host-record.ts';
import { instantArray, plainArray } from './plain-array.ts';

/**
 * Keeps every other writer away from these hosts until the end of the transaction. In one order everywhere, or two servers
 * wait for each other: `host` by agent_id, as {@link upsertHosts} does, and then host_latest by host_id.
 */
export async function lockHosts(sql: Sql, agentIds: readonly string[]): Promise<void> {
  const locked = await sql.query<{ hostId: number }[]>(
    'SELECT host_id AS "hostId" FROM host WHERE agent_id = ANY($1::uuid[]) ORDER BY agent_id FOR UPDATE',
    [plainArray(agentIds)],
  );
  await sql.query('SELECT FROM host_latest WHERE host_id = ANY($1::integer[]) ORDER BY host_id FOR UPDATE', [
    plainArray(locked.map(({ hostId }) => hostId)),
  ]);
}

interface StoredHost
  extends
    Omit<HostRecord, 'since' | 'until' | 'agent' | 'latest'>,
    Pick<Agent, 'hostname' | 'version' | 'kernel' | 'source' | 'capabilities' | 'missing'> {
  readonly since: Date;
  readonly until: Date;
  readonly clockOffsetMs: number;
  readonly cursor: string | null;
  readonly countedAt: Date | null;
  readonly completeAt: Date | null;
  readonly connections: number;
}

/** The hosts of these agents. */
export async function readHosts(sql: Sql, agentIds: readonly string[]): Promise<HostRecord[]> {
  const rows = await sql.query<StoredHost[]>(
    `SELECT host.host_id AS "hostId", agent_id AS "agentId", run_id AS "runId", boot_id AS "bootId",
            machine_id AS "machineId", run_since AS since, greatest(run_until, host_latest.last_seen_at) AS until,
            host.interval_ms AS "intervalMs", synced_run_id AS "syncedRunId", hostname, agent_version AS version,
            kernel, source, capabilities, missing, clock_offset_ms AS "clockOffsetMs",
            cursor, counted_at AS "countedAt",
            -- A server of the version before may still write the one in netns.
            greatest(host_latest.complete_at, netns.complete_at) AS "completeAt",
            (SELECT count(*)::integer FROM connection_open WHERE connection_open.host_id = host.host_id) AS connections
       FROM host
       LEFT JOIN host_latest ON host_latest.host_id = host.host_id
       LEFT JOIN netns ON netns.host_id = host.host_id AND netns.netns_id = 0
      WHERE agent_id = ANY($1::uuid[])`,
    [plainArray(agentIds)],
  );
  return rows.map(({ hostId, agentId, runId, bootId, machineId, intervalMs, syncedRunId, ...row }) => {
    const { hostname, version, kernel, source, capabilities, missing, clockOffsetMs } = row;
    return {
      ...{ hostId, agentId, runId, bootId, machineId, intervalMs, syncedRunId },
      since: row.since.getTime(),
      until: row.until.getTime(),
      agent: { hostname, machineId, version, kernel, source, capabilities, missing, clockOffsetMs },
      latest:
        row.cursor === null
          ? undefined
          : {
              cursor: Number(row.cursor),
              countedAt: row.countedAt?.getTime() ?? null,
              completeAt: row.completeAt?.getTime() ?? null,
              connections: row.connections,
            },
    };
  });
}

/** What a host's attributes become. Times in milliseconds since the epoch. */
export interface HostUpdate {
  readonly header: Omit<Push, 'snapshots'>;
  readonly since: number;
  readonly until: number;
  readonly intervalMs: number;
  readonly syncedRunId: string | null;
}

/** Inserts or updates hosts in the order of their agentId, see {@link lockHosts}; returns their host_id by agentId. */
export async function upsertHosts(sql: Sql, updates: readonly HostUpdate[]): Promise<Map<string, number>> {
  if (updates.length === 0) return new Map();
  const column = <Value>(of: (update: HostUpdate) => Value): Value[] => updates.map(of);
  const rows = await sql.query<{ hostId: number; agentId: string }[]>(
    `INSERT INTO host (agent_id, hostname, machine_id, boot_id, run_id, run_since, run_until, synced_run_id,
                       agent_version, kernel, source, capabilities, missing, clock_offset_ms, interval_ms,
                       first_seen_at)
     SELECT *
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
                   $8::uuid[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::jsonb[],
                   $14::double precision[], $15::integer[], $16::timestamptz[])
      ORDER BY 1
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
      instantArray(column(({ since }) => since)),
      instantArray(column(({ until }) => until)),
      column(({ syncedRunId }) => syncedRunId),
      column(({ header }) => header.agent.version),
      column(({ header }) => header.agent.kernel),
      column(({ header }) => header.agent.source),
      column(({ header }) => JSON.stringify(header.agent.capabilities)),
      column(({ header }) => JSON.stringify(header.agent.missing)),
      column(({ header }) => header.agent.clockOffsetMs),
      column(({ intervalMs }) => intervalMs),
      instantArray(column(({ since }) => since)),
    ],
  );
  return new Map(rows.map(({ agentId, hostId }) => [agentId, hostId]));
}
