import { type Sql } from '../database/data-source.ts';
import { Turns } from '../history/turns.ts';
import { samplesOf } from '../packing/listing-samples.ts';
import { type Sample } from '../packing/listing.ts';
import { readSamples, type SampleBlock } from './sample-blocks.ts';
import { type SampledKind } from './sampled-kind.ts';

/** Agents tell of processes and ports every 30 to 60 s: what is older than this tells nothing of the instant any more. */
const MOST_AGE_MS = 5 * 60_000;
/** And where snapshots are further apart than that, so many of them. */
const MOST_AGE_INTERVALS = 3;

export interface Instant {
  readonly hostId: number;
  readonly netns: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The host's or the namespace's interval of snapshots. */
  readonly intervalMs: number;
}

/** The newest sample at an instant or not long before it. */
export async function sampleAt<Content, Thing>(
  sql: Sql,
  kind: SampledKind<Content, Thing>,
  { hostId, netns, at, intervalMs }: Instant,
): Promise<Sample<Content> | undefined> {
  const turns = new Turns();
  const from = Math.max(0, at - Math.max(MOST_AGE_MS, MOST_AGE_INTERVALS * intervalMs));
  let newest: { block: SampleBlock<Thing>; takenAt: number } | undefined;
  for await (const block of readSamples(sql, kind, { hostId, netns, from, to: at }, turns)) {
    for (const row of block.rows) {
      const takenAt = block.columns.takenAt[row] ?? 0;
      if (newest === undefined || takenAt > newest.takenAt) newest = { block, takenAt };
    }
  }
  if (newest === undefined) return undefined;
  const { block, takenAt } = newest;
  const [sample] = await samplesOf(kind.listing, block.columns, turns, (instant) => instant === takenAt);
  return sample;
}
