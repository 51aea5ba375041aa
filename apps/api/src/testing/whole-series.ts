import { type Sql } from '../database/data-source.ts';
import { concatenated } from '../history/joined-snapshots.ts';
import { type SnapshotRange } from '../history/snapshot-chunks.queries.ts';
import { readHours } from '../history/snapshot-series.ts';
import { type SnapshotColumns } from '../packing/snapshot-pack.ts';

/** All that {@link readHours} reads as one series, as it comes: what it told twice stands there twice. */
export async function readSnapshots(sql: Sql, range: SnapshotRange): Promise<SnapshotColumns> {
  const hours: SnapshotColumns[] = [];
  for await (const ofHour of readHours(sql, range)) hours.push(ofHour);
  return concatenated(hours);
}
