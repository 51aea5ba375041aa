import { type Sql } from '../database/data-source.ts';
import { HOUR_MS } from '../history/snapshot-chunks.queries.ts';
import { type Turns } from '../history/turns.ts';
import { columnsOf, type ListingColumns } from '../packing/listing-columns.ts';
import { unpackListing } from '../packing/listing-pack.ts';
import { type Sample } from '../packing/listing.ts';
import { type SampledKind } from './sampled-kind.ts';
import { findSamples, type SampleRange, type StoredPack, type StoredRow } from './stored-samples.queries.ts';

/** Some samples of a range. */
export interface SampleBlock<Thing> {
  readonly columns: ListingColumns<Thing>;
  /** Which of them count: the others are out of the range, or have come already. */
  readonly rows: readonly number[];
  /** About how much memory it takes. */
  readonly bytes: number;
}

/** Hours of packs, and rows, that are read at once: a few megabytes at most, of hosts as they are. */
const HOURS_AT_ONCE = 24;
const ROWS_AT_ONCE = 40;

/**
 * The samples of a range, each instant once, wherever they are kept and whatever the packer does meanwhile; in pieces,
 * of which each is read when it is asked for. Pieces come in the order of time, as a rule: what came late may follow. The
 * event loop is held for some 10 ms at most. Throws PackError when a pack is damaged.
 */
export async function* readSamples<Content, Thing>(
  sql: Sql,
  kind: SampledKind<Content, Thing>,
  range: SampleRange,
  turns: Turns,
): AsyncGenerator<SampleBlock<Thing>> {
  for (let from = range.from; from <= range.to;) {
    const hoursEnd = (Math.floor(from / HOUR_MS) + HOURS_AT_ONCE) * HOUR_MS - 1;
    const asked = { ...range, from, to: Math.min(range.to, hoursEnd) };
    const found = await findSamples(sql, kind.table, asked, ROWS_AT_ONCE);
    const packs = found.filter((stored) => stored.pack !== null);
    const all = found.filter((stored) => stored.pack === null);
    const late = all.filter(({ source }) => source === 'late');
    const rows = all.filter(({ source }) => source === 'row');
    // Where there may be more rows, the window ends with the last one that came.
    const to = Math.min(asked.to, endOf(rows), endOf(late));
    yield* blocksOf(kind, { packs, rows: [...rows, ...late] }, { from, to }, turns);
    from = to + 1;
  }
}

function endOf(rows: readonly StoredRow[]): number {
  return rows.length < ROWS_AT_ONCE ? Infinity : Math.max(...rows.map(({ at }) => at.getTime()));
}

async function* blocksOf<Content, Thing>(
  { listing }: SampledKind<Content, Thing>,
  { packs, rows }: { readonly packs: readonly StoredPack[]; readonly rows: readonly StoredRow[] },
  { from, to }: { readonly from: number; readonly to: number },
  turns: Turns,
): AsyncGenerator<SampleBlock<Thing>> {
  const told = new Set<number>();
  const isNew = (at: number): boolean => {
    if (at < from || at > to || told.has(at)) return false;
    told.add(at);
    return true;
  };
  const unpacked = packs.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  for (const { at, pack } of unpacked) {
    if (at.getTime() > to) continue;
    await turns.give();
    const columns = unpackListing(listing, at.getTime(), pack);
    yield { columns, rows: rowsOf(columns, isNew), bytes: pack.length };
  }
  const samples: Sample<Content>[] = [];
  let bytes = 0;
  for (const { at, content } of rows) {
    if (!isNew(at.getTime())) continue;
    await turns.give();
    // As its schema had it when it came.
    samples.push({ takenAt: at.getTime(), content: JSON.parse(content) as Content });
    bytes += content.length;
  }
  if (samples.length === 0) return;
  const columns = await columnsOf(listing, samples, turns);
  yield { columns, rows: [...samples.keys()], bytes };
}

function rowsOf({ takenAt }: ListingColumns<unknown>, isWanted: (at: number) => boolean): number[] {
  const rows: number[] = [];
  for (const [row, at] of takenAt.entries()) if (isWanted(at)) rows.push(row);
  return rows;
}
