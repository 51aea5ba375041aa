import { type HostOrphans, type HostProcesses } from '@closewatch/protocol';
import { countColumns } from '../csv/count-columns.ts';
import { csvOf, joined } from '../csv/csv-table.ts';

type ProcessRow = HostProcesses['items'][number] & { readonly takenAt: string | null };

export const processesCsv = csvOf<HostProcesses, ProcessRow>(
  'processes',
  {
    taken_at: ({ takenAt }) => takenAt,
    pid: ({ process }) => process.pid,
    started_at: ({ process }) => process.startedAt,
    executable: ({ process }) => process.executable,
    command: ({ process }) => process.command,
    unit: ({ process }) => process.unit ?? null,
    container_id: ({ process }) => process.containerId ?? null,
    ...countColumns<ProcessRow>(({ counts }) => counts),
    descriptors_used: ({ descriptors }) => descriptors.used,
    descriptors_limit: ({ descriptors }) => descriptors.limit,
    close_wait_unread_connections: ({ evidence }) => evidence?.unread ?? null,
    orphaned_descriptors: ({ evidence }) => evidence?.orphaned ?? null,
    polled_ago_ms: ({ evidence }) => evidence?.polledAgoMs ?? null,
    watched_ms: ({ evidence }) => evidence?.watchedMs ?? null,
  },
  ({ items, takenAt }) => items.map((item) => ({ ...item, takenAt })),
);

export const orphansCsv = csvOf<HostOrphans, HostOrphans['items'][number]>(
  'orphans',
  {
    socket_id: ({ socketId }) => socketId,
    orphaned_at: ({ orphanedAt }) => orphanedAt,
    owner_pids: ({ owners }) => joined(owners.map(({ pid }) => pid)),
    owner_descriptors: ({ owners }) => owners.map(({ descriptor }) => descriptor).join('; '),
    owner_executables: ({ owners }) => joined(owners.map(({ executable }) => executable)),
    owner_commands: ({ owners }) => joined(owners.map(({ command }) => command)),
    owner_units: ({ owners }) => joined(owners.map(({ unit }) => unit)),
    owner_container_ids: ({ owners }) => joined(owners.map(({ containerId }) => containerId)),
  },
  ({ items }) => items,
);
