import { type Snapshot } from '@closewatch/protocol';
import { type LatestRecord } from './host-record.ts';
import { type CompleteRow, type SnapshotRow } from './snapshots.queries.ts';

/** What some snapshots, all new, say about where their host stands. Times in milliseconds since the epoch. */
export interface HostNews {
  readonly hostId: number;
  /** Newest snapshot of any namespace; null: there is none, only the host's attributes have changed. */
  readonly seenAt: number | null;
  /** Newest complete one of the host's own namespace. */
  readonly completeAt: number | null;
  /** Newest one of the host's own namespace, if nothing newer is known. */
  readonly counted: { readonly at: number; readonly counts: Snapshot['counts'] } | null;
}

/**
 * What the snapshots of one host say. Counts stand by the instants that snapshots stand for: a late one never sets them
 * back, and one from a clock ahead of ours does not hide those after it.
 */
export function hostNews(hostId: number, rows: readonly SnapshotRow[], known: LatestRecord | undefined): HostNews {
  let seenAt: number | null = null;
  let completeAt: number | null = null;
  let newest: SnapshotRow | undefined;
  for (const row of rows) {
    const { snapshot, standsAt } = row;
    seenAt = Math.max(seenAt ?? standsAt, standsAt);
    if (snapshot.netns !== 0) continue;
    if (snapshot.complete) completeAt = Math.max(completeAt ?? standsAt, standsAt);
    if (newest === undefined || isNewer(row, newest)) newest = row;
  }
  const counted = newest === undefined || newest.standsAt < (known?.countedAt ?? -Infinity) ? undefined : newest;
  return {
    hostId,
    seenAt,
    completeAt,
    counted: counted === undefined ? null : { at: counted.standsAt, counts: counted.snapshot.counts },
  };
}

/** The complete snapshots of the host's own namespace that came late: a newer one is known, or came with them. */
export function lateOwnCompletes(rows: readonly SnapshotRow[], newestCompleteAt: number | null): CompleteRow[] {
  return rows
    .filter(({ snapshot, standsAt }) => snapshot.netns === 0 && snapshot.complete && standsAt < (newestCompleteAt ?? 0))
    .map(({ hostId, standsAt }) => ({ hostId, netns: 0, standsAt }));
}

function isNewer(a: SnapshotRow, b: SnapshotRow): boolean {
  return a.standsAt === b.standsAt ? a.snapshot.takenAt > b.snapshot.takenAt : a.standsAt > b.standsAt;
}
