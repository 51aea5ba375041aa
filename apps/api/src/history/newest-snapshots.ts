import { TCP_STATES, type StateCounts } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { newestInPack, type PackedSnapshot } from '../packing/snapshot-pack.ts';
import { findNewest, findNewestPacks, type NewestPack, type NewestRow } from './newest-snapshots.queries.ts';
import { Turns } from './turns.ts';

/**
 * Of each host the newest snapshot taken at or before an instant and at most `withinMs` before it, by host_id; hosts without one are
 * left out. Two statements at most, however many hosts: the second only for hosts whose hour begins after the instant.
 */
export async function newestSnapshots(
  sql: Sql,
  hostIds: readonly number[],
  at: number,
  withinMs: number,
): Promise<Map<number, PackedSnapshot>> {
  const from = Math.max(0, at - withinMs);
  const newest = new NewestOfHosts(from, at);
  let hourBegan = Infinity;
  const empty: number[] = [];
  const turns = new Turns();
  for (const found of await findNewest(sql, hostIds, { from, to: at })) {
    if (found.hour === null) newest.add(found.hostId, snapshotOfRow(found));
    else if (!newest.addPack(found)) {
      empty.push(found.hostId);
      hourBegan = Math.min(hourBegan, found.hour.getTime());
    }
    await turns.give();
  }
  if (empty.length > 0 && hourBegan > from) {
    for (const pack of await findNewestPacks(sql, empty, { from, to: hourBegan - 1 })) {
      newest.addPack(pack);
      await turns.give();
    }
  }
  return newest.snapshots;
}

class NewestOfHosts {
  readonly snapshots = new Map<number, PackedSnapshot>();

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  add(hostId: number, snapshot: PackedSnapshot): void {
    const known = this.snapshots.get(hostId);
    if (known === undefined || known.takenAt < snapshot.takenAt) this.snapshots.set(hostId, snapshot);
  }

  /** False when all of the pack is later: the one of an earlier hour has to be looked at. */
  addPack({ hostId, hour, content }: NewestPack): boolean {
    const snapshot = newestInPack(hour.getTime(), content, this.to);
    if (snapshot === undefined) return false;
    if (snapshot.takenAt >= this.from) this.add(hostId, snapshot);
    return true;
  }
}

function snapshotOfRow(row: NewestRow): PackedSnapshot {
  const counts = Object.fromEntries(TCP_STATES.map((state) => [state, row[state]])) as StateCounts;
  return { takenAt: row.takenAt.getTime(), intervalMs: row.intervalMs, counts };
}
