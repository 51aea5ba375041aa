import { type StateSeries } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type CsvColumns, csvOf } from '../csv/csv-table.ts';
import { isoInstant } from '../time/clock.ts';

interface StepRow {
  readonly at: number;
  readonly step: number;
  readonly series: StateSeries['series'];
}

const EXTENTS = ['min', 'avg', 'max'] as const;

/** Three columns of sockets for each state: least, mean and greatest of the step. */
const columns: CsvColumns<StepRow> = Object.fromEntries(
  TCP_STATES.flatMap((state) =>
    EXTENTS.map((extent) => [
      `${state}_${extent}_sockets`,
      ({ series, step }: StepRow) => series[state][extent][step] ?? null,
    ]),
  ),
);

/** A line for each step; cells of one without data are empty. */
export const statesCsv = csvOf<StateSeries, StepRow>(
  'states',
  { at: ({ at }) => isoInstant(at), ...columns },
  ({ t, series }) => t.map((at, step) => ({ at, step, series })),
);
