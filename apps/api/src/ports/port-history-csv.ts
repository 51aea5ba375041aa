import { type PortHistory } from '@closewatch/protocol';
import { csvOf } from '../csv/csv-table.ts';
import { isoInstant } from '../time/clock.ts';

interface StepRow {
  readonly at: number;
  readonly step: number;
  readonly item: PortHistory['items'][number];
}

/**
 * A line for each step of each destination; cells of one in which it was not listed are empty. What concerns the whole host is
 * in the JSON only.
 */
export const portHistoryCsv = csvOf<PortHistory, StepRow>(
  'ports-history',
  {
    at: ({ at }) => isoInstant(at),
    local_address: ({ item }) => item.localAddress,
    peer_address: ({ item }) => item.peer.address,
    peer_port: ({ item }) => item.peer.port,
    min_used_ports: ({ item, step }) => item.used.min[step] ?? null,
    max_used_ports: ({ item, step }) => item.used.max[step] ?? null,
    min_time_wait_ports: ({ item, step }) => item.timeWait.min[step] ?? null,
    max_time_wait_ports: ({ item, step }) => item.timeWait.max[step] ?? null,
    min_available_ports: ({ item, step }) => item.available[step] ?? null,
  },
  ({ t, items }) => items.flatMap((item) => t.map((at, step) => ({ at, step, item }))),
);
