import { type FleetAt, type FleetHost } from '@closewatch/protocol';
import { countColumns } from '../csv/count-columns.ts';
import { type CsvTable, csvOfPage, joined } from '../csv/csv-table.ts';

/** A line for each host; the cursor keeps the instant, so that all lines are of one. */
export const fleetCsv: CsvTable<FleetAt> = csvOfPage<FleetHost>('fleet', {
  id: ({ id }) => id,
  hostname: ({ hostname }) => hostname,
  labels: ({ labels }) => joined(Object.entries(labels).map(([name, value]) => `${name}=${value}`)),
  status: ({ status }) => status,
  taken_at: ({ takenAt }) => takenAt,
  ...countColumns<FleetHost>(({ counts }) => counts),
  close_wait_connections: ({ closeWait }) => closeWait.count,
  close_wait_aged_connections: ({ closeWait }) => closeWait.aged,
  close_wait_oldest_seconds: ({ closeWait }) => closeWait.oldestSeconds,
});
