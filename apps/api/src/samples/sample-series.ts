import { type Sql } from '../database/data-source.ts';
import { timeGrid, type TimeGrid } from '../history/time-grid.ts';
import { Turns } from '../history/turns.ts';
import { type Column } from '../packing/column-codec.ts';
import { type ListingColumns } from '../packing/listing-columns.ts';
import { readSamples, type SampleBlock } from './sample-blocks.ts';
import { type SampledKind } from './sampled-kind.ts';
import { NO_STEP, type SampleSteps, stepsOf } from './step-extremes.ts';
import { type SampleRange } from './stored-samples.queries.ts';
import { type ChosenThing, TopThings } from './top-things.ts';

/** Agents tell of processes and ports at the latest after so long, whatever the interval of snapshots. */
const SLOWEST_PACE_MS = 60_000;
/** Values of each kind that an answer has at most: steps times things. */
const MOST_VALUES = 20_000;
/** Samples of so many bytes are kept from the first look, which chooses, to the second; others are read again. */
const KEPT_BYTES = 8 * 1024 * 1024;

export interface AskedSeries extends SampleRange {
  readonly points: number;
  readonly top: number;
  readonly intervalMs: number;
  /** Of a thing's key (ListingKind.keyOf). */
  readonly isAsked: (key: string) => boolean;
}

/** Gathers the steps of one thing, or of what all samples tell. */
export interface Gatherer {
  /** `columns` in the order of the kind's listing; a null one has no values. */
  add(steps: SampleSteps, columns: readonly (Column | null)[]): void;
}

export interface SampleSeries<Thing, Whole, Steps> {
  readonly grid: TimeGrid;
  readonly whole: Whole;
  /** The greatest first; `thing` as it was told last. */
  readonly things: readonly { readonly thing: Thing; readonly greatest: number; readonly steps: Steps }[];
}

interface Gathered<Thing, Steps> extends ChosenThing {
  readonly steps: Steps;
  /** When it was told last, and what. */
  at: number;
  last: (() => Thing | undefined) | undefined;
}

/**
 * Steps of the things with the greatest weights in the range, of those that are asked for, over a grid of at most `points`
 * steps; fewer where many things are asked for. `make` is told how many steps there are.
 */
export async function sampleSeries<Content, Thing, Whole extends Gatherer, Steps extends Gatherer>(
  sql: Sql,
  kind: SampledKind<Content, Thing>,
  asked: AskedSeries,
  make: { readonly whole: (count: number) => Whole; readonly steps: (count: number) => Steps },
): Promise<SampleSeries<Thing, Whole, Steps>> {
  const turns = new Turns();
  const top = new TopThings<Thing>(kind.listing, asked.isAsked);
  const kept: SampleBlock<Thing>[] = [];
  let bytes = 0;
  for await (const block of readSamples(sql, kind, asked, turns)) {
    await top.add(block, turns);
    bytes += block.bytes;
    if (bytes <= KEPT_BYTES) kept.push(block);
    else kept.length = 0;
  }
  const chosen = top.first(asked.top);
  const points = Math.min(asked.points, Math.floor(MOST_VALUES / Math.max(1, chosen.length)));
  const grid = timeGrid(asked.from, asked.to, points, Math.max(asked.intervalMs, SLOWEST_PACE_MS));
  const whole = make.whole(grid.count);
  const gathered = new Map(
    chosen.map((one): [string, Gathered<Thing, Steps>] => [
      one.key,
      { ...one, steps: make.steps(grid.count), at: -Infinity, last: undefined },
    ]),
  );
  const blocks = bytes <= KEPT_BYTES ? kept : readSamples(sql, kind, asked, turns);
  for await (const { columns, rows } of blocks) {
    const steps = stepsOf(grid, columns.takenAt, rows);
    whole.add(steps, columns.whole);
    if (gathered.size > 0) await addThings(gathered, columns, steps, turns);
  }
  const things = [...gathered.values()].flatMap(({ last, greatest, steps }) => {
    const thing = last?.();
    return thing === undefined ? [] : [{ thing, greatest, steps }];
  });
  return { grid, whole, things };
}

async function addThings<Thing>(
  gathered: ReadonlyMap<string, Gathered<Thing, Gatherer>>,
  { takenAt, chunks }: ListingColumns<Thing>,
  steps: SampleSteps,
  turns: Turns,
): Promise<void> {
  for (const chunk of chunks()) {
    await turns.give();
    const wanted = chunk.keys.map((key) => gathered.get(key));
    if (wanted.every((one) => one === undefined)) continue;
    for (const [index, { shift, values }] of chunk.columns().entries()) {
      const one = wanted[index];
      if (one === undefined) continue;
      const listed = steps.map((step, row) => (Number.isNaN(shift[row]) ? NO_STEP : step));
      one.steps.add(listed, values);
      const at = takenAt[listed.findLastIndex((step) => step !== NO_STEP)] ?? -Infinity;
      if (at < one.at) continue;
      one.at = at;
      one.last = () => chunk.things()[index];
    }
  }
}
