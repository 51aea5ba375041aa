import { type Sql } from '../database/data-source.ts';
import { PackError } from '../packing/column-codec.ts';
import { unpackSnapshots } from '../packing/snapshot-pack.ts';
import { keepLateUnmerged } from '../packing/packing.queries.ts';
import { findKnown, type KnownPack } from './late-snapshots.queries.ts';
import { snapshotKey, type SnapshotRow } from './snapshot-row.ts';
import { insertIntoLate, keyOf } from './snapshot-rows.queries.ts';

/**
 * Stores snapshots whose hour is closed beside the packs; one that is kept already, as a row or in a pack, stays as it is.
 * Returns the keys of those that are new.
 */
export async function insertLateSnapshots(sql: Sql, rows: readonly SnapshotRow[]): Promise<Set<string>> {
  // A row that moves into a pack after we looked for it there, and before we write, would be stored twice.
  await keepLateUnmerged(
    sql,
    rows.map(({ hostId }) => hostId),
  );
  const known = new Set<string>();
  for (const found of await findKnown(sql, rows)) {
    if (found.content === null) known.add(snapshotKey(found.hostId, found.netns, found.at.getTime()));
    else for (const key of keysOf(found)) known.add(key);
  }
  return insertIntoLate(
    sql,
    rows.filter((row) => !known.has(keyOf(row))),
  );
}

function keysOf({ hostId, netns, at, runIds, content }: KnownPack): string[] {
  try {
    const { takenAt } = unpackSnapshots(at.getTime(), runIds, content);
    return Array.from(takenAt, (taken) => snapshotKey(hostId, netns, taken));
  } catch (error) {
    // What a damaged pack holds is not known. The agent must not be held up by it.
    if (error instanceof PackError) return [];
    throw error;
  }
}
