import { portRangeIn, readPortRange, type PortRange } from './port-range.ts';

/** Whether the kernel gives a local port to those who dial without choosing one, as far as its settings tell. */
export type IsEphemeral = (port: number) => boolean;

/** From the texts of ip_local_port_range and ip_local_reserved_ports. Without a readable range no port is ephemeral. */
export function ephemeralPortsIn(range: string, reserved: string): IsEphemeral {
  return isGivenBy(portRangeIn(range, reserved));
}

/** Reads both under `procRoot` (usually /proc) for the agent's network namespace. A file that is not there says nothing. */
export function readEphemeralPorts(procRoot: string): IsEphemeral {
  return isGivenBy(readPortRange(procRoot));
}

function isGivenBy(range: PortRange | undefined): IsEphemeral {
  return (port) => range?.given[port] === 1;
}
