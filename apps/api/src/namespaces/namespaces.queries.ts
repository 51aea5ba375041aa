import { AGED_SECONDS, type NamespaceItem, type StateCountsSchema } from '@closewatch/protocol';
import { type z } from 'zod';
import { type Sql } from '../database/data-source.ts';
import { ageSeconds } from '../hosts/hosts.queries.ts';
import { isoInstant } from '../time/clock.ts';

interface Stored {
  readonly id: number;
  /** bigint comes as text. */
  readonly inode: string | null;
  readonly name: string | null;
  readonly containerId: string | null;
  readonly lastSeenAt: Date;
  readonly intervalMs: number;
  readonly counts: z.infer<typeof StateCountsSchema>;
  readonly open: number;
  readonly aged: number;
  readonly oldestAt: Date | null;
  readonly orphaned: number;
}

export interface NamespacesPage {
  readonly hostId: number;
  /** Those that were seen since, milliseconds since the epoch. */
  readonly seenSince: number;
  /** Those with a greater number. */
  readonly after: number;
  readonly limit: number;
}

/** Network namespaces of a host other than its own, by number, each as of its newest snapshot. */
export async function listNamespaces(sql: Sql, page: NamespacesPage): Promise<NamespaceItem[]> {
  const rows = await sql.query<Stored[]>(
    `SELECT netns.netns_id AS id, inode, name, container_id AS "containerId", netns.last_seen_at AS "lastSeenAt",
            netns.interval_ms AS "intervalMs", netns.counts, coalesce(waiting.open, 0) AS open, coalesce(waiting.aged, 0) AS aged,
            waiting.oldest_at AS "oldestAt", coalesce(orphans.total, 0) AS orphaned
       FROM netns
       JOIN host ON host.host_id = netns.host_id
       LEFT JOIN (
         SELECT open.netns_id, count(*)::integer AS open, min(open.opened_before) AS oldest_at,
                (count(*) FILTER (WHERE open.opened_before
                                        <= netns.last_seen_at - make_interval(secs => $5)))::integer AS aged
           FROM connection_open open
           JOIN netns ON netns.host_id = open.host_id AND netns.netns_id = open.netns_id
          WHERE open.host_id = $1 AND open.netns_id <> 0
          GROUP BY open.netns_id
       ) waiting ON waiting.netns_id = netns.netns_id
       LEFT JOIN section_latest orphans ON orphans.host_id = netns.host_id AND orphans.netns_id = netns.netns_id
                                       AND orphans.kind = 'orphans' AND orphans.run_id = host.run_id
      WHERE netns.host_id = $1 AND netns.netns_id > $2 AND netns.netns_id <> 0
        AND netns.counts IS NOT NULL AND netns.last_seen_at >= $3
      ORDER BY netns.netns_id
      LIMIT $4`,
    [page.hostId, page.after, isoInstant(page.seenSince), page.limit, AGED_SECONDS],
  );
  return rows.map((row) => ({
    id: row.id,
    inode: row.inode === null ? null : Number(row.inode),
    name: row.name,
    containerId: row.containerId,
    lastSeenAt: isoInstant(row.lastSeenAt),
    intervalMs: row.intervalMs,
    counts: row.counts,
    closeWait: {
      count: row.counts.close_wait ?? row.open,
      aged: row.aged,
      oldestSeconds: ageSeconds(row.oldestAt, row.lastSeenAt),
      orphaned: row.orphaned,
    },
  }));
}

/** How often a network namespace other than the host's own is sampled, milliseconds; undefined where there is none. */
export async function namespaceInterval(sql: Sql, hostId: number, netns: number): Promise<number | undefined> {
  const rows = await sql.query<{ intervalMs: number | null }[]>(
    'SELECT interval_ms AS "intervalMs" FROM netns WHERE host_id = $1 AND netns_id = $2',
    [hostId, netns],
  );
  return rows[0]?.intervalMs ?? undefined;
}

/** Whether a host has, or had not long ago, a network namespace of that number. */
export async function hasNamespace(sql: Sql, hostId: number, netns: number): Promise<boolean> {
  if (netns === 0) return true;
  const rows = await sql.query<unknown[]>('SELECT FROM netns WHERE host_id = $1 AND netns_id = $2', [hostId, netns]);
  return rows.length > 0;
}
