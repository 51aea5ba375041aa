import { type Snapshot } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';
import { inOrder } from './section-rows.ts';
import { type SnapshotRow } from './snapshots.queries.ts';

/** Sections that have a history, and what their tables are named by. */
const SAMPLED_SECTIONS = { processes: 'process', ports: 'port' } as const satisfies Partial<
  Record<keyof Snapshot, string>
>;
type SampledSection = keyof typeof SAMPLED_SECTIONS;
const SECTIONS = Object.keys(SAMPLED_SECTIONS) as SampledSection[];

interface Sample {
  readonly hostId: number;
  readonly netns: number;
  readonly standsAt: number;
  readonly content: unknown;
}

/**
 * Keeps each process table and each port pressure as a sample of its instant; one that is there already stays as it is.
 * What stands for an instant before `packing.closed_until` goes to the late tables: the transaction must hold the lock
 * under which that moves.
 */
export async function keepSamples(sql: Sql, rows: readonly SnapshotRow[]): Promise<void> {
  for (const section of SECTIONS) await insertSamples(sql, section, samplesOf(section, rows));
}

async function insertSamples(sql: Sql, section: SampledSection, samples: readonly Sample[]): Promise<void> {
  if (samples.length === 0) return;
  const table = SAMPLED_SECTIONS[section];
  await sql.query(
    `WITH told AS (
       SELECT *, taken_at < (SELECT closed_until FROM packing) AS late
         FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::jsonb[])
              AS told (host_id, netns_id, taken_at, content)
     ), late AS (
       INSERT INTO ${table}_late (host_id, netns_id, taken_at, content)
       SELECT host_id, netns_id, taken_at, content FROM told WHERE late
       ON CONFLICT DO NOTHING
     )
     INSERT INTO ${table}_sample (host_id, netns_id, taken_at, content)
     SELECT host_id, netns_id, taken_at, content FROM told WHERE NOT late
     ON CONFLICT DO NOTHING`,
    [
      samples.map(({ hostId }) => hostId),
      samples.map(({ netns }) => netns),
      samples.map(({ standsAt }) => isoInstant(standsAt)),
      samples.map(({ content }) => JSON.stringify(content)),
    ],
  );
}

/** Of several that stand for one instant (of a clock ahead of ours) the newest, as of sections; ordered by key. */
function samplesOf(section: SampledSection, rows: readonly SnapshotRow[]): Sample[] {
  const samples = new Map<string, Sample>();
  for (const { hostId, snapshot, standsAt } of inOrder(
    rows.filter(({ snapshot }) => snapshot[section] !== undefined),
  )) {
    const { netns } = snapshot;
    samples.set(`${hostId} ${netns} ${standsAt}`, { hostId, netns, standsAt, content: snapshot[section] });
  }
  return [...samples.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sample]) => sample);
}
