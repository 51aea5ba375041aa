import { hostStatus, type FleetTotals, type Host, type HostStatus } from '@closewatch/protocol';
import { sumCounts } from '@closewatch/socket-states';

export type Attention = 'leak' | 'silent';

export interface FleetRow {
  readonly host: Host;
  readonly status: HostStatus;
  /** Why this host stands first; null when it does not. */
  readonly attention: Attention | null;
}

export interface FleetSections {
  readonly attention: readonly FleetRow[];
  readonly quiet: readonly FleetRow[];
}

/**
 * Hosts in the order to read them. First what needs attention: aged CLOSE_WAIT and orphaned descriptors, longest wait first; then silent hosts,
 * latest first. Then the others by name. The order hangs on instants and not on ages, so that rows stand still while
 * time passes.
 */
export function fleetSections(hosts: readonly Host[], nowMs: number): FleetSections {
  const rows = hosts.map((host) => fleetRow(host, nowMs));
  return {
    attention: rows.filter(({ attention }) => attention !== null).sort(byUrgency),
    quiet: rows.filter(({ attention }) => attention === null).sort((a, b) => byName(a.host, b.host)),
  };
}

/** What the live totals say, worked out from the hosts until they come. */
export function totalsOf(hosts: readonly Host[]): FleetTotals {
  const counted = { live: 0, stale: 0, silent: 0 };
  for (const { status } of hosts) counted[status]++;
  const present = hosts.filter(({ status }) => status !== 'silent');
  return {
    hosts: counted,
    counts: sumCounts(present.map(({ counts }) => counts)),
    closeWait: {
      count: present.reduce((sum, { closeWait }) => sum + closeWait.count, 0),
      aged: present.reduce((sum, { closeWait }) => sum + closeWait.aged, 0),
    },
  };
}

function fleetRow(host: Host, nowMs: number): FleetRow {
  const status = hostStatus(Date.parse(host.lastSeenAt), host.intervalMs, nowMs);
  const attention = status === 'silent' ? 'silent' : host.closeWait.aged + host.closeWait.orphaned > 0 ? 'leak' : null;
  return { host, status, attention };
}

function byUrgency(a: FleetRow, b: FleetRow): number {
  if (a.attention !== b.attention) return a.attention === 'leak' ? -1 : 1;
  const order = a.attention === 'leak' ? oldestAt(a.host) - oldestAt(b.host) : seenAt(b.host) - seenAt(a.host);
  return order || byName(a.host, b.host);
}

/** When the oldest CLOSE_WAIT was opened, in whole ten seconds: samples wobble. */
function oldestAt(host: Host): number {
  return Math.round((seenAt(host) / 1_000 - (host.closeWait.oldestSeconds ?? 0)) / 10);
}

function seenAt(host: Host): number {
  return Date.parse(host.lastSeenAt);
}

function byName(a: Host, b: Host): number {
  return a.hostname.localeCompare(b.hostname, undefined, { numeric: true }) || (a.id < b.id ? -1 : 1);
}
