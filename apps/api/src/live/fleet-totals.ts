import { type FleetTotals, type Host } from '@closewatch/protocol';
import { sumCounts } from '@closewatch/socket-states';

/** Totals over some hosts. What a silent host last said is no longer so and does not count. */
export function fleetTotals(hosts: readonly Host[]): FleetTotals {
  const present = hosts.filter(({ status }) => status !== 'silent');
  const withStatus = (status: Host['status']): number => hosts.filter((host) => host.status === status).length;
  return {
    hosts: { live: withStatus('live'), stale: withStatus('stale'), silent: withStatus('silent') },
    counts: { ...sumCounts(present.map(({ counts }) => counts)) },
    closeWait: {
      count: present.reduce((sum, { closeWait }) => sum + closeWait.count, 0),
      aged: present.reduce((sum, { closeWait }) => sum + closeWait.aged, 0),
    },
  };
}
