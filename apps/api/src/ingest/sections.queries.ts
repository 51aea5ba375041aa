import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { type SectionRow } from './section-rows.ts';

/** Keeps these sections, but none in the place of a newer one: neither order nor repeats matter. One row a key. */
export async function keepSections(sql: Sql, rows: readonly SectionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO section_latest AS known (host_id, netns_id, kind, taken_at, run_id, total, content)
     SELECT *
       FROM unnest($1::integer[], $2::integer[], $3::text[], $4::timestamptz[], $5::uuid[], $6::integer[], $7::jsonb[])
     ON CONFLICT (host_id, netns_id, kind) DO UPDATE
        SET taken_at = excluded.taken_at, run_id = excluded.run_id, total = excluded.total,
            content = excluded.content
      WHERE excluded.taken_at > known.taken_at`,
    [
      rows.map(({ hostId }) => hostId),
      rows.map(({ netns }) => netns),
      rows.map(({ kind }) => kind),
      rows.map(({ standsAt }) => isoInstant(standsAt)),
      rows.map(({ runId }) => runId),
      rows.map(({ total }) => total),
      rows.map(({ content }) => JSON.stringify(content)),
    ],
  );
}
