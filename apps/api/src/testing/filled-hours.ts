import { type FileHandle } from 'node:fs/promises';
import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { type Column } from '../packing/column-codec.ts';
import { packSnapshots, type SnapshotColumns } from '../packing/snapshot-pack.ts';
import { RandomCounts } from './random-counts.ts';

const HOUR_MS = 3_600_000;
export const INTERVAL_MS = 10_000;
const SAMPLES = HOUR_MS / INTERVAL_MS;
const RUN_ID = '00000000-0000-4000-8000-000000000001';

/** One hour of a host, in host_id order of hosts and of time within them. */
export interface FilledHour {
  readonly hostId: number;
  readonly hour: number;
  readonly snapshots: SnapshotColumns;
}

/** A host's hours from `from` to `to` (milliseconds, whole hours), a sample every ten seconds, a little late each. */
export function* randomHours(hostId: number, from: number, to: number): Generator<FilledHour> {
  const walk = new RandomCounts(hostId);
  for (let hour = from; hour < to; hour += HOUR_MS) {
    const takenAt = Float64Array.from({ length: SAMPLES }, (_, index) => hour + index * INTERVAL_MS + (hostId % 1_000));
    const counts = Object.fromEntries(TCP_STATES.map((state) => [state, new Float64Array(SAMPLES)])) as Record<
      TcpState,
      Column
    >;
    for (let index = 0; index < SAMPLES; index++) {
      const now = walk.next();
      for (const state of TCP_STATES) counts[state][index] = now[state];
    }
    const constant = (value: number): Column => new Float64Array(SAMPLES).fill(value);
    yield {
      hostId,
      hour,
      snapshots: {
        takenAt,
        standsAt: takenAt,
        intervalMs: constant(INTERVAL_MS),
        seq: takenAt.map((_, index) => ((hour - from) / HOUR_MS) * SAMPLES + index),
        complete: constant(0),
        run: constant(0),
        runIds: [RUN_ID],
        counts,
      },
    };
  }
}

/** Stores hours as the packer does: packs and rollups. */
export async function storeHours(sql: Sql, hours: readonly FilledHour[]): Promise<void> {
  const column = (of: (hour: FilledHour) => unknown): unknown[] => hours.map(of);
  const array =
    (of: (values: Column) => number) =>
    ({ snapshots }: FilledHour) =>
      `{${TCP_STATES.map((state) => of(snapshots.counts[state])).join(',')}}`;
  const keys = [
    column(({ hostId }) => hostId),
    column(({ hour }) => new Date(hour)),
    column(({ snapshots }) => snapshots.takenAt.length),
  ];
  await sql.query(
    `INSERT INTO snapshot_pack (host_id, netns_id, hour, samples, run_ids, content)
     SELECT host_id, 0, hour, samples, ARRAY['${RUN_ID}'::uuid], content
       FROM unnest($1::integer[], $2::timestamptz[], $3::integer[], $4::bytea[]) AS pack (host_id, hour, samples, content)`,
    [...keys, column(({ hour, snapshots }) => packSnapshots(hour, snapshots))],
  );
  await sql.query(
    `INSERT INTO snapshot_rollup (host_id, netns_id, hour, samples, measured, least, mean, greatest)
     SELECT host_id, 0, hour, samples, measured::integer[], least::integer[], mean::float8[], greatest::integer[]
       FROM unnest($1::integer[], $2::timestamptz[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS rollup (host_id, hour, samples, measured, least, mean, greatest)`,
    [
      ...keys,
      column(array((values) => values.length)),
      column(array((values) => Math.min(...values))),
      column(array((values) => values.reduce((sum, value) => sum + value, 0) / values.length)),
      column(array((values) => Math.max(...values))),
    ],
  );
}

/** Stores samples that are not packed yet, as rows. */
export async function storeRows(sql: Sql, { hostId, snapshots }: FilledHour, from: number, to: number): Promise<void> {
  const places = [...snapshots.takenAt.keys()].filter((place) => {
    const at = snapshots.takenAt[place] ?? 0;
    return at >= from && at < to;
  });
  const states = TCP_STATES.map((_, index) => `$${index + 4}::integer[]`).join(', ');
  await sql.query(
    `INSERT INTO snapshot (host_id, netns_id, interval_ms, run_id, complete, taken_at, seq, ${TCP_STATES.join(', ')})
     SELECT $1, 0, ${INTERVAL_MS}, '${RUN_ID}', false, * FROM unnest($2::timestamptz[], $3::bigint[], ${states})`,
    [
      hostId,
      places.map((place) => new Date(snapshots.takenAt[place] ?? 0)),
      places.map((place) => snapshots.seq[place]),
      ...TCP_STATES.map((state) => places.map((place) => snapshots.counts[state][place])),
    ],
  );
}

/** Writes the same samples as Prometheus reads them (promtool tsdb create-blocks-from openmetrics). */
export async function writeOpenMetrics(file: FileHandle, { hostId, snapshots }: FilledHour): Promise<void> {
  const series = TCP_STATES.map((state) => `tcp_sockets{host="${hostId}",state="${state}"}`);
  const lines: string[] = [];
  snapshots.takenAt.forEach((at, index) => {
    TCP_STATES.forEach((state, place) => {
      lines.push(`${series[place]} ${snapshots.counts[state][index]} ${at / 1_000}\n`);
    });
  });
  await file.write(lines.join(''));
}
