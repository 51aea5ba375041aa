import { type NamespaceItem } from '@closewatch/protocol';
import { countColumns } from '../csv/count-columns.ts';
import { csvOfPage } from '../csv/csv-table.ts';

export const namespacesCsv = csvOfPage<NamespaceItem>('namespaces', {
  netns: ({ id }) => id,
  inode: ({ inode }) => inode,
  name: ({ name }) => name,
  container_id: ({ containerId }) => containerId,
  last_seen_at: ({ lastSeenAt }) => lastSeenAt,
  interval_ms: ({ intervalMs }) => intervalMs,
  ...countColumns<NamespaceItem>(({ counts }) => counts),
  close_wait_connections: ({ closeWait }) => closeWait.count,
  close_wait_aged_connections: ({ closeWait }) => closeWait.aged,
  close_wait_oldest_seconds: ({ closeWait }) => closeWait.oldestSeconds,
  orphaned_descriptors: ({ closeWait }) => closeWait.orphaned,
});
