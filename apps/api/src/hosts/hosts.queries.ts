import { type Host, hostStatus } from '@closewatch/protocol';
import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

/** A host and where its stream of changes stands. */
export interface HostRow {
  readonly hostId: number;
  /** Grows with every change of the host. */
  readonly cursor: string;
  readonly host: Host;
}

type Counts = Record<TcpState, number | null>;

interface Stored extends Counts {
  readonly hostId: number;
  readonly agentId: string;
  readonly hostname: string;
  readonly machineId: string;
  readonly bootId: string;
  readonly runId: string;
  readonly version: string;
  readonly kernel: string;
  readonly source: string;
  readonly capabilities: string[];
  readonly missing: string[];
  readonly clockOffsetMs: number;
  readonly intervalMs: number;
  readonly labels: Record<string, string>;
  readonly firstSeenAt: Date;
  readonly cursor: string;
  readonly lastSeenAt: Date;
  readonly countedAt: Date | null;
  readonly open: number;
  readonly aged: number;
  readonly oldestAt: Date | null;
  readonly orphaned: number;
}

const SELECT = `
  SELECT host.host_id AS "hostId", agent_id AS "agentId", hostname, machine_id AS "machineId", boot_id AS "bootId",
         run_id AS "runId", agent_version AS version, kernel, source, capabilities, missing,
         clock_offset_ms AS "clockOffsetMs", interval_ms AS "intervalMs", labels, first_seen_at AS "firstSeenAt",
         cursor, last_seen_at AS "lastSeenAt", counted_at AS "countedAt", ${TCP_STATES.join(', ')},
         close_wait_open AS open, close_wait_aged AS aged, close_wait_oldest_at AS "oldestAt",
         close_wait_orphaned AS orphaned
    FROM host
    JOIN host_latest USING (host_id)`;

/** Hosts by name, from after a place in that order. */
export async function listHosts(
  sql: Sql,
  page: { readonly after: readonly [hostname: string, hostId: number] | undefined; readonly limit: number },
  now: number,
): Promise<HostRow[]> {
  const rows = await sql.query<Stored[]>(
    `${SELECT}
      WHERE $1::text IS NULL OR (hostname, host.host_id) > ($1::text, $2::integer)
      ORDER BY hostname, host.host_id
      LIMIT $3`,
    [page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
  );
  return rows.map((row) => hostRow(row, now));
}

/** Every host, by name. */
export async function allHosts(sql: Sql, now: number): Promise<HostRow[]> {
  const rows = await sql.query<Stored[]>(`${SELECT} ORDER BY hostname, host.host_id`);
  return rows.map((row) => hostRow(row, now));
}

export async function findHost(sql: Sql, agentId: string, now: number): Promise<HostRow | undefined> {
  const rows = await sql.query<Stored[]>(`${SELECT} WHERE agent_id = $1`, [agentId]);
  return rows[0] === undefined ? undefined : hostRow(rows[0], now);
}

function hostRow(row: Stored, now: number): HostRow {
  // Whatever clock wrote it, ours included before it was set back: nobody was seen in the future.
  const lastSeenAt = Math.min(row.lastSeenAt.getTime(), now);
  const counts = Object.fromEntries(TCP_STATES.map((state) => [state, row[state]])) as Counts;
  return {
    hostId: row.hostId,
    cursor: row.cursor,
    host: {
      id: row.agentId,
      hostname: row.hostname,
      labels: row.labels,
      firstSeenAt: isoInstant(row.firstSeenAt),
      lastSeenAt: isoInstant(lastSeenAt),
      status: hostStatus(lastSeenAt, row.intervalMs, now),
      intervalMs: row.intervalMs,
      counts,
      closeWait: {
        // The kernel's count also has those too young to be tracked one by one.
        count: row.close_wait ?? row.open,
        aged: row.aged,
        oldestSeconds: ageSeconds(row.oldestAt, row.countedAt),
        orphaned: row.orphaned,
      },
      agent: {
        version: row.version,
        machineId: row.machineId,
        kernel: row.kernel,
        source: row.source,
        capabilities: row.capabilities,
        missing: row.missing,
        clockOffsetMs: row.clockOffsetMs,
        bootId: row.bootId,
        runId: row.runId,
      },
    },
  };
}

/** Age at the last snapshot, not now: of a silent host we do not know whether a connection still stands. */
export function ageSeconds(since: Date | null, at: Date | null): number | null {
  if (since === null || at === null) return null;
  return Math.max(0, at.getTime() - since.getTime()) / 1_000;
}
