import { type Sql } from '../database/data-source.ts';
import { type SampleTable } from '../samples/stored-samples.queries.ts';
import { isoInstant } from '../time/clock.ts';

const HOUR_MS = 3_600_000;

/** An hour of one namespace of a host; `hour` in milliseconds since the epoch. */
export interface SampledHour {
  readonly hostId: number;
  readonly netns: number;
  readonly hour: number;
}

export interface SampleRow {
  readonly takenAt: Date;
  /** JSON, as text: so that many are not parsed in one go. */
  readonly content: string;
}

/** The namespaces of some hosts that have rows in an hour. */
export async function findSampledHours(
  sql: Sql,
  table: SampleTable,
  hour: number,
  hostIds: readonly number[],
): Promise<SampledHour[]> {
  const rows = await sql.query<{ hostId: number; netns: number }[]>(
    `SELECT DISTINCT host_id AS "hostId", netns_id AS netns
       FROM ${table}_sample
      WHERE host_id = ANY($1::integer[]) AND taken_at >= $2 AND taken_at < $3
      ORDER BY 1, 2`,
    [hostIds, isoInstant(hour), isoInstant(hour + HOUR_MS)],
  );
  return rows.map(({ hostId, netns }) => ({ hostId, netns, hour }));
}

/** The first `limit` rows of an hour, in order. */
export async function findSampleRows(
  sql: Sql,
  table: SampleTable,
  { hostId, netns, hour }: SampledHour,
  limit: number,
): Promise<SampleRow[]> {
  return sql.query<SampleRow[]>(
    `SELECT taken_at AS "takenAt", content::text
       FROM ${table}_sample
      WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at < $4
      ORDER BY taken_at
      LIMIT $5`,
    [hostId, netns, isoInstant(hour), isoInstant(hour + HOUR_MS), limit],
  );
}

/** Takes the late samples of an hour out of their table, in no order. */
export async function takeLateSamples(
  sql: Sql,
  table: SampleTable,
  { hostId, netns, hour }: SampledHour,
): Promise<SampleRow[]> {
  return sql.query<SampleRow[]>(
    `WITH late AS (
       DELETE FROM ${table}_late
        WHERE host_id = $1 AND netns_id = $2 AND taken_at >= $3 AND taken_at < $4
       RETURNING taken_at, content
     )
     SELECT taken_at AS "takenAt", content::text FROM late`,
    [hostId, netns, isoInstant(hour), isoInstant(hour + HOUR_MS)],
  );
}

export async function findSamplePack(
  sql: Sql,
  table: SampleTable,
  { hostId, netns, hour }: SampledHour,
): Promise<Buffer | undefined> {
  const rows = await sql.query<{ content: Buffer }[]>(
    `SELECT content FROM ${table}_pack WHERE host_id = $1 AND netns_id = $2 AND hour = $3`,
    [hostId, netns, isoInstant(hour)],
  );
  return rows[0]?.content;
}

/** Writes a pack, over the one that is there. */
export async function writeSamplePack(
  sql: Sql,
  table: SampleTable,
  { hostId, netns, hour }: SampledHour,
  pack: { readonly samples: number; readonly content: Buffer },
): Promise<void> {
  await sql.query(
    `INSERT INTO ${table}_pack (host_id, netns_id, hour, samples, content) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (host_id, netns_id, hour) DO UPDATE SET samples = excluded.samples, content = excluded.content`,
    [hostId, netns, isoInstant(hour), pack.samples, pack.content],
  );
}
