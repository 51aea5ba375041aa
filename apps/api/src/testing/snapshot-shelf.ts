import { type Snapshot } from '@closewatch/protocol';
import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import pg from 'pg';
import {
  createPartition,
  dropPartition,
  listPartitions,
  nextPartition,
  partitionOf,
  type PartitionedTable,
} from '../database/partitions.queries.ts';
import { type Column } from '../packing/column-codec.ts';
import { packSnapshots, type SnapshotColumns } from '../packing/snapshot-pack.ts';

const HOUR_MS = 3_600_000;

/** A snapshot as it is kept; instants in milliseconds since the epoch. */
export interface ShelvedSnapshot {
  readonly takenAt: number;
  readonly standsAt: number;
  readonly intervalMs: number;
  readonly seq: number;
  readonly complete: boolean;
  readonly runId: string;
  readonly counts: Snapshot['counts'];
}

/** Columns of snapshots, which are ordered by time. */
export function snapshotColumns(snapshots: readonly ShelvedSnapshot[]): SnapshotColumns {
  const column = (value: (snapshot: ShelvedSnapshot) => number): Column => Float64Array.from(snapshots, value);
  const runIds = [...new Set(snapshots.map(({ runId }) => runId))];
  return {
    takenAt: column(({ takenAt }) => takenAt),
    standsAt: column(({ standsAt }) => standsAt),
    intervalMs: column(({ intervalMs }) => intervalMs),
    seq: column(({ seq }) => seq),
    complete: column(({ complete }) => Number(complete)),
    run: column(({ runId }) => runIds.indexOf(runId)),
    runIds,
    counts: Object.fromEntries(
      TCP_STATES.map((state) => [state, column(({ counts }) => counts[state] ?? NaN)]),
    ) as Record<TcpState, Column>,
  };
}

/** Puts snapshots where a test wants them: among hot rows, late ones or packs. */
export class SnapshotShelf {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<SnapshotShelf> {
    const client = new pg.Client({ connectionString: databaseUrl, options: '-c TimeZone=UTC' });
    await client.connect();
    return new SnapshotShelf(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** Runs SQL as the data sources do. */
  private readonly sql = {
    query: async <Rows>(text: string, values?: unknown[]): Promise<Rows> =>
      (await this.client.query(text, values)).rows as Rows,
  };

  /** For `hours` hours from `from` (milliseconds). */
  async makePartitions(from: number, hours: number): Promise<void> {
    for (const table of ['snapshot', 'snapshot_pack', 'snapshot_rollup'] satisfies PartitionedTable[]) {
      const firsts = Array.from({ length: hours }, (_, hour) => partitionOf(table, from + hour * HOUR_MS));
      for (const first of new Set(firsts)) await createPartition(this.sql, table, first);
    }
  }

  /** Drops partitions of hot rows that end at or before an instant, as the packer does, whole days only. */
  async dropRowsBefore(at: number): Promise<void> {
    for (const first of await listPartitions(this.sql, 'snapshot')) {
      if (Date.parse(nextPartition('snapshot', first)) <= at) await dropPartition(this.sql, 'snapshot', first);
    }
  }

  async clear(): Promise<void> {
    await this.client.query('TRUNCATE snapshot, snapshot_late, snapshot_pack, snapshot_rollup');
  }

  async setPackedUntil(at: number): Promise<void> {
    await this.client.query('UPDATE packing SET packed_until = $1, closed_until = $1', [new Date(at)]);
  }

  async putRows(
    table: 'snapshot' | 'snapshot_late',
    hostId: number,
    netns: number,
    snapshots: readonly ShelvedSnapshot[],
  ): Promise<void> {
    const states = TCP_STATES.map((_, index) => `$${index + 9}::integer[]`).join(', ');
    const of = (value: (snapshot: ShelvedSnapshot) => unknown): unknown[] => snapshots.map(value);
    await this.client.query(
      `INSERT INTO ${table} (host_id, netns_id, taken_at, stands_at, interval_ms, run_id, seq, complete, ${TCP_STATES.join(', ')})
       SELECT $1, $2, *
         FROM unnest($3::timestamptz[], $4::timestamptz[], $5::integer[], $6::uuid[], $7::bigint[], $8::boolean[], ${states})`,
      [
        hostId,
        netns,
        of(({ takenAt }) => new Date(takenAt)),
        of(({ takenAt, standsAt }) => (standsAt < takenAt ? new Date(standsAt) : null)),
        of(({ intervalMs }) => intervalMs),
        of(({ runId }) => runId),
        of(({ seq }) => seq),
        of(({ complete }) => complete),
        ...TCP_STATES.map((state) => of(({ counts }) => counts[state])),
      ],
    );
  }

  /** One pack for each hour that the snapshots are of. */
  async putPacks(hostId: number, netns: number, snapshots: readonly ShelvedSnapshot[]): Promise<void> {
    const hours = Map.groupBy(snapshots, ({ takenAt }) => Math.floor(takenAt / HOUR_MS) * HOUR_MS);
    for (const [hour, ofHour] of hours) {
      const columns = snapshotColumns(ofHour.toSorted((a, b) => a.takenAt - b.takenAt));
      await this.client.query(
        `INSERT INTO snapshot_pack (host_id, netns_id, hour, samples, run_ids, content) VALUES ($1, $2, $3, $4, $5, $6)`,
        [hostId, netns, new Date(hour), ofHour.length, columns.runIds, packSnapshots(hour, columns)],
      );
    }
  }

  /** One rollup for each hour that the snapshots are of. */
  async putRollups(hostId: number, netns: number, snapshots: readonly ShelvedSnapshot[]): Promise<void> {
    const hours = Map.groupBy(snapshots, ({ takenAt }) => Math.floor(takenAt / HOUR_MS) * HOUR_MS);
    for (const [hour, ofHour] of hours) {
      const counted = TCP_STATES.map((state) => ofHour.flatMap(({ counts }) => counts[state] ?? []));
      const known = (of: (values: number[]) => number) =>
        counted.map((values) => (values.length === 0 ? null : of(values)));
      await this.client.query(
        `INSERT INTO snapshot_rollup (host_id, netns_id, hour, samples, measured, least, mean, greatest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          hostId,
          netns,
          new Date(hour),
          ofHour.length,
          counted.map((values) => values.length),
          known((values) => Math.min(...values)),
          known((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
          known((values) => Math.max(...values)),
        ],
      );
    }
  }
}
