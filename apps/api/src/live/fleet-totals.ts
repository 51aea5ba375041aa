import { type FleetTotals, type HostStatus } from '@closewatch/protocol';
import { type StateCounts, sumCounts } from '@closewatch/socket-states';

/** What is summed up of a host; `counts` null where they are not known. */
interface CountedHost {
  readonly status: HostStatus;
  readonly counts: StateCounts | null;
  readonly closeWait: { readonly count: number; readonly aged: number };
}

/** Totals over some hosts. What a silent host last said is no longer so and does not count. */
export function fleetTotals(hosts: readonly CountedHost[]): FleetTotals {
  const present = hosts.filter(({ status }) => status !== 'silent');
  const withStatus = (status: HostStatus): number => hosts.filter((host) => host.status === status).length;
  return {
    hosts: { live: withStatus('live'), stale: withStatus('stale'), silent: withStatus('silent') },
    counts: { ...sumCounts(present.flatMap(({ counts }) => counts ?? [])) },
    closeWait: {
      count: present.reduce((sum, { closeWait }) => sum + closeWait.count, 0),
      aged: present.reduce((sum, { closeWait }) => sum + closeWait.aged, 0),
    },
  };
}
