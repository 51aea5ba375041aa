import { type Sql } from '../database/data-source.ts';
import { keepHoursOpen } from '../packing/packing.queries.ts';
import { isoInstant } from '../time/clock.ts';
import { insertLateSnapshots } from './late-snapshots.ts';
import { type SnapshotRow } from './snapshot-row.ts';
import { insertIntoHot } from './snapshot-rows.queries.ts';

export { snapshotKey, type SnapshotRow } from './snapshot-row.ts';

/**
 * Stores snapshots, as rows or, where their hour is closed, beside the packs; one that is there already, packed or not, stays
 * as it is. Returns the keys of those that are new. No hour is closed while the transaction lasts.
 */
export async function insertSnapshots(sql: Sql, rows: readonly SnapshotRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  // Together on their way, but two statements: the second sees what is closed once the first has the lock.
  const [, { fresh, late }] = await Promise.all([keepHoursOpen(sql), insertIntoHot(sql, rows)]);
  if (late.length > 0) for (const key of await insertLateSnapshots(sql, late)) fresh.add(key);
  return fresh;
}

/** A complete snapshot. */
export interface CompleteRow {
  readonly hostId: number;
  readonly netns: number;
  /** The instant that its contents stand for, milliseconds since the epoch. */
  readonly standsAt: number;
}

export function completeColumns(rows: readonly CompleteRow[]): unknown[] {
  return [
    rows.map(({ hostId }) => hostId),
    rows.map(({ netns }) => netns),
    rows.map(({ standsAt }) => isoInstant(standsAt)),
  ];
}
