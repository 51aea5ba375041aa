import { type ProcessHistory } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import { type CsvColumns, csvOf } from '../csv/csv-table.ts';
import { isoInstant } from '../time/clock.ts';

interface StepRow {
  readonly at: number;
  readonly step: number;
  readonly item: ProcessHistory['items'][number];
}

const EXTREMES = ['min', 'max'] as const;

/** Two columns of sockets for each state: least and greatest of the step. */
const columns: CsvColumns<StepRow> = Object.fromEntries(
  TCP_STATES.flatMap((state) =>
    EXTREMES.map((extreme) => [
      `${state}_${extreme}_sockets`,
      ({ item, step }: StepRow) => item.counts[state]?.[extreme][step] ?? null,
    ]),
  ),
);

/** A line for each step of each process; cells of one in which it was not listed are empty. */
export const processHistoryCsv = csvOf<ProcessHistory, StepRow>(
  'processes-history',
  {
    at: ({ at }) => isoInstant(at),
    pid: ({ item }) => item.process.pid,
    started_at: ({ item }) => item.process.startedAt,
    executable: ({ item }) => item.process.executable,
    command: ({ item }) => item.process.command,
    unit: ({ item }) => item.process.unit ?? null,
    container_id: ({ item }) => item.process.containerId ?? null,
    min_sockets: ({ item, step }) => item.sockets.min[step] ?? null,
    max_sockets: ({ item, step }) => item.sockets.max[step] ?? null,
    ...columns,
    max_descriptors_used: ({ item, step }) => item.descriptors.used[step] ?? null,
    min_descriptors_limit: ({ item, step }) => item.descriptors.limit[step] ?? null,
  },
  ({ t, items }) => items.flatMap((item) => t.map((at, step) => ({ at, step, item }))),
);
