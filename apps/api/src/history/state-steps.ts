import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { findRollups, type StoredRollups } from './rollups.queries.ts';
import { HOUR_MS, type SnapshotRange, type StoredChunk } from './snapshot-chunks.queries.ts';
import { readSnapshots, unpackChunks } from './snapshot-series.ts';
import { StepExtents } from './step-extents.ts';
import { parseNumbers } from './stored-numbers.ts';
import { timeGrid, type TimeGrid } from './time-grid.ts';

/** How fine a range is read: every sample, or hours that were summed up when they were packed. */
export type Resolution =
  { readonly source: 'samples'; readonly grid: TimeGrid } | { readonly source: 'rollups'; readonly grid: TimeGrid };

/** Samples are read however many there are of so long a range: two days at ten a second take half a second. */
const ALWAYS_SAMPLES_MS = 48 * HOUR_MS;
/** Of a longer range, at most so many. */
const MOST_SAMPLES = 250_000;

/** The resolution that follows from a range and the points asked for; all times in milliseconds. */
export function resolutionOf(from: number, to: number, points: number, intervalMs: number): Resolution {
  const grid = timeGrid(from, to, points, intervalMs);
  const readable = to - from <= ALWAYS_SAMPLES_MS || (to - from) / intervalMs <= MOST_SAMPLES;
  if (grid.stepMs < HOUR_MS && readable) return { source: 'samples', grid };
  return { source: 'rollups', grid: timeGrid(from, to, points, intervalMs, HOUR_MS) };
}

/**
 * The steps of a range, from where the resolution says. With rollups the hours that the range touches count whole, packed
 * or not.
 */
export async function stateSteps(sql: Sql, range: SnapshotRange, { source, grid }: Resolution): Promise<StepExtents> {
  const steps = new StepExtents(grid);
  if (source === 'samples') {
    steps.addSnapshots(await readSnapshots(sql, range));
    return steps;
  }
  const from = Math.floor(range.from / HOUR_MS) * HOUR_MS;
  const to = Math.ceil(range.to / HOUR_MS) * HOUR_MS - 1;
  const found = await findRollups(sql, { ...range, from, to }, grid);
  steps.addSnapshots(await unpackChunks(found.filter(isChunk)));
  for (const stored of found) if (!isChunk(stored)) addRollups(steps, stored);
  return steps;
}

function isChunk(stored: StoredChunk | StoredRollups): stored is StoredChunk {
  return stored.hour !== null;
}

function addRollups(steps: StepExtents, { samples, numbers }: StoredRollups): void {
  const [stepNumbers = [], ...columns] = parseNumbers(numbers, samples);
  stepNumbers.forEach((step, index) => {
    const value = (column: number): number => columns[column]?.[index] ?? NaN;
    TCP_STATES.forEach((_, state) => {
      const [measured, least] = [value(state * 4), value(state * 4 + 1)];
      steps.add(step, state, { measured, least, sum: value(state * 4 + 2), greatest: value(state * 4 + 3) });
    });
  });
}
