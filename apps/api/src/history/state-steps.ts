import { TCP_STATES } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { findRollups, type StoredRollups } from './rollups.queries.ts';
import { HOUR_MS, type SnapshotRange, type StoredChunk } from './snapshot-chunks.queries.ts';
import { countSnapshots } from './snapshot-count.queries.ts';
import { readHours, unpackHours } from './snapshot-series.ts';
import { StepExtents } from './step-extents.ts';
import { parseNumbers } from './stored-numbers.ts';
import { timeGrid, type TimeGrid } from './time-grid.ts';

/** How fine a range is read: every sample, or hours that were summed up when they were packed. */
export interface Resolution {
  readonly source: 'samples' | 'rollups';
  readonly grid: TimeGrid;
}

/** What steps are wanted of a range; all times in milliseconds. */
export interface WantedSteps {
  readonly points: number;
  /** How often the host samples now. What it did before may be another matter. */
  readonly intervalMs: number;
  /** Snapshots taken before may be gone. */
  readonly keptFrom: number;
}

/** Steps, and where they are from. */
export interface FoundSteps extends Resolution {
  readonly steps: StepExtents;
}

/** PUSH's shortest interval. */
const SHORTEST_INTERVAL_MS = 100;
/** Of up to two days so many samples are read: a day at ten a second. They take half a second. */
const SHORT_RANGE_MS = 48 * HOUR_MS;
const MOST_OF_SHORT = 900_000;
/** Of a longer range so many. */
const MOST_SAMPLES = 250_000;

/** The resolution that follows from what is stored of a range and from what is wanted. */
async function resolutionOf(sql: Sql, range: SnapshotRange, wanted: WantedSteps): Promise<Resolution> {
  const { from, to } = range;
  const grid = timeGrid(from, to, wanted.points, wanted.intervalMs);
  // Whole days are dropped, and a browser's clock may be a little behind ours: an hour more is there, or does not matter.
  const kept = from >= wanted.keptFrom - HOUR_MS;
  if (kept && grid.stepMs < HOUR_MS && (await fewEnough(sql, range))) return { source: 'samples', grid };
  return { source: 'rollups', grid: hourGrid(range, wanted) };
}

/** Counted where a host could have sent too many at all, as today's interval says nothing of what it sent before. */
async function fewEnough(sql: Sql, range: SnapshotRange): Promise<boolean> {
  const lengthMs = range.to - range.from;
  const most = lengthMs <= SHORT_RANGE_MS ? MOST_OF_SHORT : MOST_SAMPLES;
  return lengthMs / SHORTEST_INTERVAL_MS <= most || (await countSnapshots(sql, range, most)) <= most;
}

function hourGrid({ from, to }: SnapshotRange, { points, intervalMs }: WantedSteps): TimeGrid {
  return timeGrid(from, to, points, intervalMs, HOUR_MS);
}

/**
 * The steps of a range: of samples where these are not too many, else of rollups, whose hours that the range touches count
 * whole, packed or not. Where no samples are left but rollups are, of these.
 */
export async function stateSteps(sql: Sql, range: SnapshotRange, wanted: WantedSteps): Promise<FoundSteps> {
  const resolution = await resolutionOf(sql, range, wanted);
  if (resolution.source === 'rollups') return hourSteps(await findHours(sql, range, resolution.grid), resolution.grid);
  const steps = new StepExtents(resolution.grid);
  let anything = false;
  for await (const ofHour of readHours(sql, range)) {
    steps.addSnapshots(ofHour);
    anything = true;
  }
  if (!anything) {
    const grid = hourGrid(range, wanted);
    const hours = await findHours(sql, range, grid);
    if (!hours.every(isChunk)) return hourSteps(hours, grid);
  }
  return { ...resolution, steps };
}

function findHours(sql: Sql, range: SnapshotRange, grid: TimeGrid): Promise<(StoredChunk | StoredRollups)[]> {
  const from = Math.floor(range.from / HOUR_MS) * HOUR_MS;
  const to = Math.ceil(range.to / HOUR_MS) * HOUR_MS - 1;
  return findRollups(sql, { ...range, from, to }, grid);
}

async function hourSteps(hours: readonly (StoredChunk | StoredRollups)[], grid: TimeGrid): Promise<FoundSteps> {
  const steps = new StepExtents(grid);
  for await (const ofHour of unpackHours(hours.filter(isChunk))) steps.addSnapshots(ofHour);
  for (const stored of hours) if (!isChunk(stored)) addRollups(steps, stored);
  return { source: 'rollups', grid, steps };
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
