import { AGED_SECONDS } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

export interface HostNews {
  readonly hostId: number;
  /** Instant for which the newest snapshot of the transaction, of any namespace, stands; milliseconds since the epoch. */
  readonly newestAt: number;
}

/**
 * Brings host_latest up to date with what the transaction wrote: counts of the newest snapshot of the host's own
 * namespace, its open connections at that instant, and a cursor that grows with every change.
 */
export async function refreshHostLatest(sql: Sql, news: readonly HostNews[]): Promise<void> {
  const columns = TCP_STATES.join(', ');
  const counts = TCP_STATES.map((state) => `counted.${state}`).join(', ');
  const updates = TCP_STATES.map((state) => `${state} = excluded.${state}`).join(', ');
  await sql.query(
    `INSERT INTO host_latest (host_id, cursor, last_seen_at, counted_at, ${columns},
                              close_wait_open, close_wait_aged, close_wait_oldest_at, close_wait_orphaned)
     SELECT news.host_id, 1, news.newest_at, counted.at, ${counts},
            waiting.open, waiting.aged, waiting.oldest_at, coalesce(orphans.total, 0)
       FROM unnest($1::integer[], $2::timestamptz[]) AS news (host_id, newest_at)
       LEFT JOIN host_latest known ON known.host_id = news.host_id
       JOIN host ON host.host_id = news.host_id
       -- Those of an earlier run are not known to be open still.
       LEFT JOIN section_latest orphans ON orphans.host_id = news.host_id AND orphans.netns_id = 0
                                       AND orphans.kind = 'orphans' AND orphans.run_id = host.run_id
       LEFT JOIN LATERAL (
         -- Nothing older than what is known can be newest: the bound spares the older partitions.
         -- By the instants they stand for: one snapshot from a clock ahead of ours must not hide those after it.
         SELECT coalesce(stands_at, taken_at) AS at, ${columns} FROM snapshot
          WHERE snapshot.host_id = news.host_id AND snapshot.netns_id = 0
            AND snapshot.taken_at >= coalesce(known.counted_at, '-infinity')
          ORDER BY coalesce(stands_at, taken_at) DESC, taken_at DESC LIMIT 1
       ) counted ON true
      CROSS JOIN LATERAL (
        SELECT count(*)::integer AS open,
               (count(*) FILTER (WHERE opened_before <= counted.at - make_interval(secs => $3)))::integer AS aged,
               min(opened_before) AS oldest_at
          FROM connection_open
         WHERE connection_open.host_id = news.host_id AND connection_open.netns_id = 0
      ) waiting
     ON CONFLICT (host_id) DO UPDATE
        SET cursor = host_latest.cursor + 1,
            last_seen_at = greatest(host_latest.last_seen_at, excluded.last_seen_at),
            counted_at = excluded.counted_at, ${updates},
            close_wait_open = excluded.close_wait_open, close_wait_aged = excluded.close_wait_aged,
            close_wait_oldest_at = excluded.close_wait_oldest_at, close_wait_orphaned = excluded.close_wait_orphaned`,
    [news.map(({ hostId }) => hostId), news.map(({ newestAt }) => isoInstant(newestAt)), AGED_SECONDS],
  );
}
