import { type Sql } from '../database/data-source.ts';
import { timeGrid, type TimeGrid } from '../history/time-grid.ts';
import { Turns } from '../history/turns.ts';
import { readSamples, type SampleBlock } from './sample-blocks.ts';
import { type SampledKind } from './sampled-kind.ts';
import { stepOf } from './step-extremes.ts';
import { type SampleRange } from './stored-samples.queries.ts';
import { type ChosenThing, TopThings } from './top-things.ts';

/** Agents tell of processes and ports at the latest after so long, whatever the interval of snapshots. */
const SLOWEST_PACE_MS = 60_000;
/** Values of each kind that an answer has at most: steps times things. */
const MOST_VALUES = 20_000;
/** Samples of so many bytes are kept from the first look, which chooses, to the second; others are read again. */
const KEPT_BYTES = 8 * 1024 * 1024;

export interface AskedSeries<Thing> extends SampleRange {
  readonly points: number;
  readonly top: number;
  readonly intervalMs: number;
  readonly isAsked: (thing: Thing) => boolean;
}

/** Gathers the steps of one thing, or of what all samples tell. */
export interface Gatherer {
  /** `numbers` in the order of the kind's listing, NaN for null. */
  add(step: number, numbers: readonly number[]): void;
}

export interface SampleSeries<Thing, Whole, Steps> {
  readonly grid: TimeGrid;
  readonly whole: Whole;
  /** The greatest first; `thing` as it was told last. */
  readonly things: readonly { readonly thing: Thing; readonly greatest: number; readonly steps: Steps }[];
}

interface Gathered<Thing, Steps> extends ChosenThing {
  readonly steps: Steps;
  thing: Thing | undefined;
  at: number;
}

/**
 * Steps of the things with the greatest weights in the range, of those that are asked for, over a grid of at most `points`
 * steps; fewer where many things are asked for. `makeWhole` and `makeSteps` are told how many steps there are.
 */
export async function sampleSeries<Content, Thing, Whole extends Gatherer, Steps extends Gatherer>(
  sql: Sql,
  kind: SampledKind<Content, Thing>,
  asked: AskedSeries<Thing>,
  make: { readonly whole: (count: number) => Whole; readonly steps: (count: number) => Steps },
): Promise<SampleSeries<Thing, Whole, Steps>> {
  const turns = new Turns();
  const top = new TopThings(kind, asked.isAsked);
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
      one.identity,
      { ...one, steps: make.steps(grid.count), thing: undefined, at: -Infinity },
    ]),
  );
  const blocks = bytes <= KEPT_BYTES ? kept : readSamples(sql, kind, asked, turns);
  for await (const block of blocks) {
    addWhole(whole, block, grid);
    await addThings(gathered, kind, block, grid, turns);
  }
  const things = [...gathered.values()].flatMap(({ thing, greatest, steps }) =>
    thing === undefined ? [] : [{ thing, greatest, steps }],
  );
  return { grid, whole, things };
}

function addWhole(whole: Gatherer, { columns, rows }: SampleBlock<unknown>, grid: TimeGrid): void {
  for (const row of rows) {
    const numbers = columns.whole.map((column) => column[row] ?? NaN);
    whole.add(stepOf(grid, columns.takenAt[row] ?? 0), numbers);
  }
}

async function addThings<Content, Thing>(
  gathered: ReadonlyMap<string, Gathered<Thing, Gatherer>>,
  { identityOf }: SampledKind<Content, Thing>,
  { columns: { takenAt, chunks }, rows }: SampleBlock<Thing>,
  grid: TimeGrid,
  turns: Turns,
): Promise<void> {
  if (gathered.size === 0) return;
  for (const chunk of chunks()) {
    await turns.give();
    const wanted = chunk.things.map(({ thing }) => gathered.get(identityOf(thing)));
    if (wanted.every((one) => one === undefined)) continue;
    for (const [index, { shift, values }] of chunk.columns().entries()) {
      const one = wanted[index];
      if (one === undefined) continue;
      for (const row of rows) {
        if (Number.isNaN(shift[row])) continue;
        const at = takenAt[row] ?? 0;
        one.steps.add(
          stepOf(grid, at),
          values.map((column) => column[row] ?? NaN),
        );
        if (at < one.at) continue;
        one.at = at;
        one.thing = chunk.things[index]?.thing;
      }
    }
  }
}
