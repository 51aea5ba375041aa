import { type Host } from '@closewatch/protocol';
import { countColumns } from '../csv/count-columns.ts';
import { csvOfPage, joined } from '../csv/csv-table.ts';

export const hostsCsv = csvOfPage<Host>('hosts', {
  id: ({ id }) => id,
  hostname: ({ hostname }) => hostname,
  labels: ({ labels }) => joined(Object.entries(labels).map(([name, value]) => `${name}=${value}`)),
  first_seen_at: ({ firstSeenAt }) => firstSeenAt,
  last_seen_at: ({ lastSeenAt }) => lastSeenAt,
  status: ({ status }) => status,
  interval_ms: ({ intervalMs }) => intervalMs,
  ...countColumns<Host>(({ counts }) => counts),
  close_wait_connections: ({ closeWait }) => closeWait.count,
  close_wait_aged_connections: ({ closeWait }) => closeWait.aged,
  close_wait_oldest_seconds: ({ closeWait }) => closeWait.oldestSeconds,
  orphaned_descriptors: ({ closeWait }) => closeWait.orphaned,
  agent_version: ({ agent }) => agent.version,
  kernel: ({ agent }) => agent.kernel,
  source: ({ agent }) => agent.source,
  missing: ({ agent }) => joined(agent.missing),
  clock_offset_ms: ({ agent }) => agent.clockOffsetMs,
});
