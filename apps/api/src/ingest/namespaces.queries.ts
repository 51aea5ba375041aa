import { type Snapshot } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { inOrder } from './section-rows.ts';
import { type CompleteRow, type SnapshotRow } from './snapshots.queries.ts';

/** What some snapshots say about one network namespace. Instants in milliseconds since the epoch. */
interface NamespaceNews {
  readonly hostId: number;
  readonly netns: number;
  readonly completeAt: number | null;
  readonly lastSeenAt: number;
  readonly intervalMs: number;
  readonly counts: Snapshot['counts'];
  readonly namedAt: number | null;
  readonly namespace: Snapshot['namespace'];
}

/**
 * Moves forward what is known of namespaces: the newest snapshot, the newest complete one, the newest name. Returns the
 * complete snapshots that came late: a newer one is known. Of the host's own namespace host_latest knows all this.
 */
export async function noteNamespaces(sql: Sql, rows: readonly SnapshotRow[]): Promise<CompleteRow[]> {
  const news = foldNews(rows);
  if (news.length === 0) return [];
  const instant = (at: number | null): string | null => (at === null ? null : isoInstant(at));
  const named = (column: string): string =>
    `${column} = CASE WHEN known.named_at IS NULL OR excluded.named_at > known.named_at
                 THEN excluded.${column} ELSE known.${column} END`;
  const newest = (column: string): string =>
    `${column} = CASE WHEN known.last_seen_at IS NULL OR excluded.last_seen_at > known.last_seen_at
                 THEN excluded.${column} ELSE known.${column} END`;
  const noted = await sql.query<{ hostId: number; netns: number; completeAt: Date | null }[]>(
    `INSERT INTO netns AS known (host_id, netns_id, complete_at, last_seen_at, interval_ms, counts, named_at,
                                 inode, name, container_id)
     SELECT *
       FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::timestamptz[], $5::integer[],
                   $6::jsonb[], $7::timestamptz[], $8::bigint[], $9::text[], $10::text[])
     ON CONFLICT (host_id, netns_id) DO UPDATE
        SET complete_at = greatest(known.complete_at, excluded.complete_at),
            last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
            ${['interval_ms', 'counts'].map(newest).join(',\n            ')},
            ${['named_at', 'inode', 'name', 'container_id'].map(named).join(',\n            ')}
     RETURNING host_id AS "hostId", netns_id AS netns, complete_at AS "completeAt"`,
    [
      news.map(({ hostId }) => hostId),
      news.map(({ netns }) => netns),
      news.map(({ completeAt }) => instant(completeAt)),
      news.map(({ lastSeenAt }) => instant(lastSeenAt)),
      news.map(({ intervalMs }) => intervalMs),
      news.map(({ counts }) => JSON.stringify(counts)),
      news.map(({ namedAt }) => instant(namedAt)),
      news.map(({ namespace }) => namespace?.inode ?? null),
      news.map(({ namespace }) => namespace?.name ?? null),
      news.map(({ namespace }) => namespace?.containerId ?? null),
    ],
  );
  const known = new Map(noted.map(({ hostId, netns, completeAt }) => [`${hostId} ${netns}`, completeAt?.getTime()]));
  return rows
    .filter(({ snapshot }) => snapshot.complete && snapshot.netns !== 0)
    .map(({ hostId, snapshot: { netns }, standsAt }) => ({ hostId, netns, standsAt }))
    .filter(({ hostId, netns, standsAt }) => standsAt < (known.get(`${hostId} ${netns}`) ?? 0));
}

/** One row for each namespace, ordered by key. */
function foldNews(rows: readonly SnapshotRow[]): NamespaceNews[] {
  const folded = new Map<string, NamespaceNews>();
  for (const { hostId, snapshot, standsAt } of inOrder(rows)) {
    const { netns, complete, namespace } = snapshot;
    if (netns === 0) continue;
    const key = `${hostId} ${netns}`;
    const older = folded.get(key);
    folded.set(key, {
      hostId,
      netns,
      completeAt: complete ? standsAt : (older?.completeAt ?? null),
      lastSeenAt: standsAt,
      intervalMs: snapshot.intervalMs,
      counts: snapshot.counts,
      namedAt: namespace === undefined ? (older?.namedAt ?? null) : standsAt,
      namespace: namespace ?? older?.namespace,
    });
  }
  return [...folded.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, news]) => news);
}
