import { TCP_STATES, type StateCounts } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { type SnapshotColumns, unpackSnapshots } from '../packing/snapshot-pack.ts';
import { firstFrom } from './joined-snapshots.ts';
import { findNewest, findNewestPacks, type NewestPack, type NewestRow } from './newest-snapshots.queries.ts';
import { Turns } from './turns.ts';

/** One snapshot of a host's own namespace; `takenAt` in milliseconds since the epoch. */
export interface NewestSnapshot {
  readonly takenAt: number;
  readonly intervalMs: number;
  readonly counts: StateCounts;
}

/**
 * Of each host the newest snapshot taken at or before an instant and at most `withinMs` before it, by host_id; hosts without one are
 * left out. Two statements at most, however many hosts: the second only for hosts whose hour begins after the instant.
 */
export async function newestSnapshots(
  sql: Sql,
  hostIds: readonly number[],
  at: number,
  withinMs: number,
): Promise<Map<number, NewestSnapshot>> {
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
  readonly snapshots = new Map<number, NewestSnapshot>();

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  add(hostId: number, snapshot: NewestSnapshot): void {
    const known = this.snapshots.get(hostId);
    if (known === undefined || known.takenAt < snapshot.takenAt) this.snapshots.set(hostId, snapshot);
  }

  /** False when all of the pack is later: the one of an earlier hour has to be looked at. */
  addPack({ hostId, hour, content }: NewestPack): boolean {
    const columns = unpackSnapshots(hour.getTime(), [], content);
    const index = firstFrom(columns.takenAt, this.to + 1) - 1;
    const snapshot = snapshotAt(columns, index);
    if (snapshot === undefined) return false;
    if (snapshot.takenAt >= this.from) this.add(hostId, snapshot);
    return true;
  }
}

function snapshotAt({ takenAt, intervalMs, counts }: SnapshotColumns, index: number): NewestSnapshot | undefined {
  const at = takenAt[index];
  if (at === undefined) return undefined;
  const countOf = (value: number | undefined): number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  return {
    takenAt: at,
    intervalMs: intervalMs[index] ?? 0,
    counts: countsOf((state) => countOf(counts[state][index])),
  };
}

function snapshotOfRow(row: NewestRow): NewestSnapshot {
  return { takenAt: row.takenAt.getTime(), intervalMs: row.intervalMs, counts: countsOf((state) => row[state]) };
}

function countsOf(count: (state: keyof StateCounts) => number | null): StateCounts {
  return Object.fromEntries(TCP_STATES.map((state) => [state, count(state)])) as Record<
    keyof StateCounts,
    number | null
  >;
}
