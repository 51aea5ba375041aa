import { type Host, type NamespaceItem } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { type HostRow } from '../hosts/hosts.queries.ts';
import { listNamespaces } from './namespaces.queries.ts';

/** One that was not seen for so long before the host last was is gone: its container has ended. */
const GONE_MS = 10 * 60_000;
/** As many as one page of a person shows. */
const MOST = 1_000;

/** The host's own namespace as an item: its counts are the host's. */
export function ownNamespace(host: Host): NamespaceItem {
  const { lastSeenAt, intervalMs, counts, closeWait } = host;
  return { id: 0, inode: null, name: null, containerId: null, lastSeenAt, intervalMs, counts, closeWait };
}

/** The namespaces beside its own that a host has now. */
export function presentNamespaces(sql: Sql, { hostId, host }: HostRow): Promise<NamespaceItem[]> {
  const seenSince = Math.max(0, Date.parse(host.lastSeenAt) - GONE_MS);
  return listNamespaces(sql, { hostId, seenSince, after: 0, limit: MOST });
}
