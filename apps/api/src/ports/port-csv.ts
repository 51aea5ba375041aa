import { type HostPorts, type PortPressure } from '@closewatch/protocol';
import { csvOf } from '../csv/csv-table.ts';

type PortRow = PortPressure & { readonly takenAt: string };

/** A line for each destination; what concerns the whole host, TIME_WAIT and kernel counters, is in the JSON only. */
export const portsCsv = csvOf<HostPorts, PortRow>(
  'ports',
  {
    taken_at: ({ takenAt }) => takenAt,
    local_address: ({ localAddress }) => localAddress,
    peer_address: ({ peer }) => peer.address,
    peer_port: ({ peer }) => peer.port,
    used_ports: ({ used }) => used,
    time_wait_ports: ({ timeWait }) => timeWait,
    available_ports: ({ available }) => available,
  },
  ({ ports }) => (ports === null ? [] : ports.destinations.map((row) => ({ ...row, takenAt: ports.takenAt }))),
);
