import { type Sql } from '../database/data-source.ts';
import { cutSnapshots, joinSnapshots } from '../history/joined-snapshots.ts';
import { snapshotsOfRows } from '../history/snapshot-series.ts';
import { type Turns } from '../history/turns.ts';
import { MAX_PACK_VALUES } from './column-codec.ts';
import { type HourPacker, type LateGroup } from './hour-packer.ts';
import { lockLate } from './packing.queries.ts';
import { COLUMN_COUNT, packSnapshots, type SnapshotColumns, unpackSnapshots } from './snapshot-pack.ts';
import { findHour, findPacks, type HostRows, type PackedHour, takeLate, writePacks } from './snapshot-packs.queries.ts';
import { rollUp } from './snapshot-rollup.ts';

/** More than one every 4 ms, all through the hour, is no measurement: the rest of such an hour is not kept. */
const MAX_SAMPLES = Math.floor(MAX_PACK_VALUES / COLUMN_COUNT);

/** Snapshots, with a rollup of each hour. */
export const SNAPSHOT_PACKER: HourPacker = {
  hot: 'snapshot',
  late: 'snapshot_late',
  lateBy: 'day',
  packs: ['snapshot_pack', 'snapshot_rollup'],

  async packHour(sql: Sql, hour: number, hostIds: readonly number[], turns: Turns): Promise<void> {
    const packs: PackedHour[] = [];
    for (const rows of byHour(await findHour(sql, hour, hostIds))) {
      packs.push(packedHour(rows, rows.map(snapshotsOfRows)));
      await turns.give();
    }
    await writePacks(sql, packs);
  },

  async mergeLate(sql: Sql, group: LateGroup, turns: Turns): Promise<void> {
    await lockLate(sql, group.hostId);
    const late = byHour(await takeLate(sql, group));
    const hours = late.map(([first]) => first.hour.getTime());
    const known = new Map(
      (await findPacks(sql, group.hostId, group.netns, hours)).map((pack) => [pack.hour.getTime(), pack]),
    );
    const packs: PackedHour[] = [];
    for (const rows of late) {
      const hour = rows[0].hour.getTime();
      const pack = known.get(hour);
      // The first of a repeat counts.
      const pieces = pack === undefined ? [] : [unpackSnapshots(hour, pack.runIds, pack.content)];
      packs.push(packedHour(rows, [...pieces, ...rows.map(snapshotsOfRows)]));
      await turns.give();
    }
    await writePacks(sql, packs);
  },
};

type SomeRows = [HostRows, ...HostRows[]];

/** The rows of each hour of each namespace, ordered by key. */
function byHour(rows: readonly HostRows[]): SomeRows[] {
  const groups = new Map<string, SomeRows>();
  for (const row of rows) {
    const key = `${row.hostId} ${row.netns} ${row.hour.getTime()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].sort(
    ([a], [b]) => a.hostId - b.hostId || a.netns - b.netns || a.hour.getTime() - b.hour.getTime(),
  );
}

function packedHour([{ hostId, netns, hour }]: SomeRows, pieces: readonly SnapshotColumns[]): PackedHour {
  const joined = joinSnapshots(pieces);
  const { takenAt } = joined;
  const kept =
    takenAt.length <= MAX_SAMPLES ? joined : cutSnapshots(joined, takenAt[0] ?? 0, takenAt[MAX_SAMPLES - 1] ?? 0);
  return {
    hostId,
    netns,
    hour: hour.getTime(),
    runIds: kept.runIds,
    samples: kept.takenAt.length,
    content: packSnapshots(hour.getTime(), kept),
    rollup: rollUp(kept),
  };
}
