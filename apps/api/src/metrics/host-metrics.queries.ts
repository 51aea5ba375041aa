import { type Rule, TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';

/** A host as metrics tell it: its newest counts, and what was seen of its CLOSE_WAIT connections. */
export interface MeasuredHost extends Readonly<Record<TcpState, number | null>> {
  readonly hostId: number;
  readonly id: string;
  readonly hostname: string;
  readonly labels: Record<string, string>;
  readonly lastSeenAt: Date;
  readonly intervalMs: number;
  readonly aged: number;
  readonly orphaned: number;
}

/** Rows that are taken apart at once: a few milliseconds of work. */
const PAGE_HOSTS = 200;

/** All hosts, in order. Read in pages, between which others have their turn. */
export async function measuredHosts(sql: Sql): Promise<MeasuredHost[]> {
  const hosts: MeasuredHost[] = [];
  for (let page: MeasuredHost[] | undefined; page === undefined || page.length === PAGE_HOSTS;) {
    page = await nextHosts(sql, hosts.at(-1)?.hostId ?? 0);
    hosts.push(...page);
  }
  return hosts;
}

async function nextHosts(sql: Sql, after: number): Promise<MeasuredHost[]> {
  return sql.query<MeasuredHost[]>(
    `SELECT host.host_id AS "hostId", agent_id AS id, hostname, labels, last_seen_at AS "lastSeenAt",
            interval_ms AS "intervalMs", close_wait_aged AS aged, close_wait_orphaned AS orphaned,
            ${TCP_STATES.join(', ')}
       FROM host
       JOIN host_latest USING (host_id)
      WHERE host.host_id > $1
      ORDER BY host.host_id
      LIMIT $2`,
    [after, PAGE_HOSTS],
  );
}

/** Of the incidents that are open. */
export interface OpenIncidentRow {
  readonly hostId: number;
  readonly rule: Rule;
  readonly severity: 'warning' | 'critical';
  readonly service: string;
  /** Null: its host is heard. */
  readonly staleSince: Date | null;
  readonly leaked: number | null;
  readonly timeLeftMs: number | null;
}

export async function openIncidentRows(sql: Sql): Promise<OpenIncidentRow[]> {
  return sql.query<OpenIncidentRow[]>(
    `SELECT host_id AS "hostId", rule, severity, service, stale_since AS "staleSince",
            (figures ->> 'leaked')::double precision AS leaked,
            (figures ->> 'timeLeftMs')::double precision AS "timeLeftMs"
       FROM incident
      WHERE resolved_at IS NULL
      ORDER BY host_id, opened_at, incident_id`,
  );
}
