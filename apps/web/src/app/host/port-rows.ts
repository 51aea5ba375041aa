import type { HostPorts, KernelCounter, PortPressure } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';

/** One destination and the share of local ports that is used towards it. */
export interface PortRow {
  readonly key: string;
  readonly pressure: PortPressure;
  readonly peer: string;
}

/** The most pressed first, as the agent sends them. */
export function portRows(destinations: readonly PortPressure[]): PortRow[] {
  return destinations.map((pressure) => {
    const peer = formatEndpoint(pressure.peer);
    return { key: `${pressure.localAddress} ${peer}`, pressure, peer };
  });
}

/** Counters that say that the kernel refused or dropped something; the others are ordinary. */
const REFUSALS: readonly KernelCounter[] = [
  'TCPTimeWaitOverflow',
  'ListenOverflows',
  'ListenDrops',
  'TCPReqQFullDrop',
  'TCPReqQFullDoCookies',
  'SyncookiesSent',
];

/** Those refusals that have happened since boot. */
export function refusals(kernel: HostPorts['kernel']): { readonly name: KernelCounter; readonly count: number }[] {
  return REFUSALS.map((name) => ({ name, count: kernel?.counters?.[name] ?? 0 })).filter(({ count }) => count > 0);
}

/** Settings that say what the numbers mean, by their usual names. */
export function settings(kernel: HostPorts['kernel']): { readonly name: string; readonly value: string }[] {
  return Object.entries(kernel?.sysctls ?? {})
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
