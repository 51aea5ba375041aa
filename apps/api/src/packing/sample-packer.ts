import { type Sql } from '../database/data-source.ts';
import { type Turns } from '../history/turns.ts';
import { type SampleTable } from '../samples/stored-samples.queries.ts';
import { type HourPacker, type LateGroup } from './hour-packer.ts';
import { columnsOf } from './listing-columns.ts';
import { packListing, unpackListing } from './listing-pack.ts';
import { samplesOf } from './listing-samples.ts';
import { type ListingKind, type Sample } from './listing.ts';
import { PORT_LISTING } from './port-pack.ts';
import { PROCESS_LISTING } from './process-pack.ts';
import {
  findSampledHours,
  findSamplePack,
  findSampleRows,
  type SampledHour,
  type SampleRow,
  takeLateSamples,
  writeSamplePack,
} from './sample-packs.queries.ts';

/** Agents tell of processes and ports every 30 s at most: of an hour with more than one a second the rest is not kept. */
const MAX_SAMPLES = 3_600;

/** Tables of processes and port pressure, hour by hour and namespace by namespace: an hour of a large one is megabytes. */
function samplePacker<Content, Thing>(table: SampleTable, kind: ListingKind<Content, Thing>): HourPacker {
  const write = async (sql: Sql, hour: SampledHour, samples: readonly Sample<Content>[], turns: Turns) => {
    const kept = samples.slice(0, MAX_SAMPLES);
    const content = await packListing(kind, hour.hour, await columnsOf(kind, kept, turns), turns);
    await writeSamplePack(sql, table, hour, { samples: kept.length, content });
  };

  return {
    hot: `${table}_sample`,
    late: `${table}_late`,
    // An hour of a large host is long in the making. It keeps nobody waiting: ingest does not ask packs what a sample repeats.
    lateBy: 'hour',
    packs: [`${table}_pack`],

    async packHour(sql: Sql, hour: number, hostIds: readonly number[], turns: Turns): Promise<void> {
      for (const sampled of await findSampledHours(sql, table, hour, hostIds)) {
        const rows = await findSampleRows(sql, table, sampled, MAX_SAMPLES);
        await write(sql, sampled, await parseRows<Content>(rows, turns), turns);
      }
    },

    async mergeLate(sql: Sql, { hostId, netns, from: hour }: LateGroup, turns: Turns): Promise<void> {
      const sampled = { hostId, netns, hour };
      const rows = await takeLateSamples(sql, table, sampled);
      const pack = await findSamplePack(sql, table, sampled);
      const packed = pack === undefined ? [] : await samplesOf(kind, unpackListing(kind, hour, pack), turns);
      const known = new Set(packed.map(({ takenAt }) => takenAt));
      const late = (await parseRows<Content>(rows, turns)).filter(({ takenAt }) => !known.has(takenAt));
      if (late.length === 0) return;
      const samples = [...packed, ...late].sort((a, b) => a.takenAt - b.takenAt);
      await write(sql, sampled, samples, turns);
    },
  };
}

export const PROCESS_PACKER = samplePacker('process', PROCESS_LISTING);
export const PORT_PACKER = samplePacker('port', PORT_LISTING);

async function parseRows<Content>(rows: readonly SampleRow[], turns: Turns): Promise<Sample<Content>[]> {
  const samples: Sample<Content>[] = [];
  for (const { takenAt, content } of rows) {
    await turns.give();
    // As its schema had it when it came.
    samples.push({ takenAt: takenAt.getTime(), content: JSON.parse(content) as Content });
  }
  return samples;
}
