import { type Sql } from '../database/data-source.ts';
import { NUMBERS, type StoredPack, type StoredRows } from '../history/snapshot-chunks.queries.ts';
import { isoInstant } from '../time/clock.ts';
import { type LateGroup } from './hour-packer.ts';
import { type Rollup } from './snapshot-rollup.ts';

const HOUR_MS = 3_600_000;

/** Rows of one run of one namespace of a host in one hour. */
export interface HostRows extends StoredRows {
  readonly hostId: number;
  readonly netns: number;
}

const CHUNKS = `SELECT host_id AS "hostId", netns_id AS netns, date_trunc('hour', taken_at) AS hour, ARRAY[run_id] AS "runIds",
            NULL::bytea AS content, count(*)::integer AS samples, concat_ws(';', ${NUMBERS.join(', ')}) AS numbers`;
const BY_HOUR = `GROUP BY host_id, netns_id, date_trunc('hour', taken_at), run_id`;

/** The rows of some hosts in the hour that begins at `hour`. */
export async function findHour(sql: Sql, hour: number, hostIds: readonly number[]): Promise<HostRows[]> {
  return sql.query<HostRows[]>(
    `${CHUNKS} FROM snapshot WHERE host_id = ANY($1::integer[]) AND taken_at >= $2 AND taken_at < $3 ${BY_HOUR}`,
    [hostIds, isoInstant(hour), isoInstant(hour + HOUR_MS)],
  );
}

/** Takes late snapshots out of their table. */
export async function takeLate(sql: Sql, { hostId, netns, from, until }: LateGroup): Promise<HostRows[]> {
  return sql.query<HostRows[]>(
    `WITH late AS (
       DELETE FROM snapshot_late
        WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at < $4
       RETURNING *
     )
     ${CHUNKS} FROM late ${BY_HOUR}`,
    [hostId, netns, isoInstant(from), isoInstant(until)],
  );
}

/** The packs of some hours (milliseconds). */
export async function findPacks(
  sql: Sql,
  hostId: number,
  netns: number,
  hours: readonly number[],
): Promise<StoredPack[]> {
  return sql.query<StoredPack[]>(
    `SELECT hour, run_ids AS "runIds", content FROM snapshot_pack
      WHERE host_id = $1 AND netns_id = $2 AND hour = ANY($3::timestamptz[])`,
    [hostId, netns, hours.map(isoInstant)],
  );
}

/** An hour of a namespace of a host, as it is kept. */
export interface PackedHour {
  readonly hostId: number;
  readonly netns: number;
  readonly hour: number;
  readonly runIds: readonly string[];
  readonly samples: number;
  readonly content: Buffer;
  readonly rollup: Rollup;
}

/**
 * Writes packs and their rollups, over those that are there; but a rollup of more samples stays: it is kept longer than packs,
 * and what comes late when its pack has gone is only a part of its hour.
 */
export async function writePacks(sql: Sql, packs: readonly PackedHour[]): Promise<void> {
  if (packs.length === 0) return;
  const keys = [
    packs.map(({ hostId }) => hostId),
    packs.map(({ netns }) => netns),
    packs.map(({ hour }) => isoInstant(hour)),
    packs.map(({ samples }) => samples),
  ];
  await sql.query(
    `INSERT INTO snapshot_pack (host_id, netns_id, hour, samples, run_ids, content)
     SELECT host_id, netns_id, hour, samples, run_ids::uuid[], content
       FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::integer[], $5::text[], $6::bytea[])
            AS packed (host_id, netns_id, hour, samples, run_ids, content)
     ON CONFLICT (host_id, netns_id, hour) DO UPDATE
        SET samples = excluded.samples, run_ids = excluded.run_ids, content = excluded.content`,
    [...keys, packs.map(({ runIds }) => arrayText(runIds)), packs.map(({ content }) => content)],
  );
  const extents = ['measured', 'least', 'mean', 'greatest'] as const;
  await sql.query(
    `INSERT INTO snapshot_rollup (host_id, netns_id, hour, samples, ${extents.join(', ')})
     SELECT host_id, netns_id, hour, samples, measured::integer[], least::integer[], mean::double precision[],
            greatest::integer[]
       FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[])
            AS packed (host_id, netns_id, hour, samples, ${extents.join(', ')})
     ON CONFLICT (host_id, netns_id, hour) DO UPDATE
        SET samples = excluded.samples, ${extents.map((extent) => `${extent} = excluded.${extent}`).join(', ')}
      WHERE excluded.samples >= snapshot_rollup.samples`,
    [...keys, ...extents.map((extent) => packs.map(({ rollup }) => arrayText(rollup[extent])))],
  );
}

/** An array within an array of texts. */
function arrayText(values: readonly (number | string | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}
