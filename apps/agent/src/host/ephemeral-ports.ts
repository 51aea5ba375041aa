import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the kernel gives a local port to those who dial without choosing one, as far as its settings tell. */
export type IsEphemeral = (port: number) => boolean;

/**
 * From the texts of ip_local_port_range (`32768\t60999`) and ip_local_reserved_ports (`8080,9000-9100`, or nothing),
 * both of /proc/sys/net/ipv4 (ip-sysctl.rst); they hold for IPv6 too. Without a readable range no port is ephemeral.
 */
export function ephemeralPortsIn(range: string, reserved: string): IsEphemeral {
  const [, low, high] = /^(\d+)\s+(\d+)\s*$/.exec(range) ?? [];
  if (low === undefined || high === undefined) return () => false;
  const kept = reserved
    .trim()
    .split(',')
    .map((part) => part.split('-').map(Number))
    .map(([from = NaN, to = from]) => ({ from, to }));
  return (port) =>
    port >= Number(low) && port <= Number(high) && !kept.some(({ from, to }) => port >= from && port <= to);
}

/** Reads both under `procRoot` (usually /proc) for the agent's network namespace. A file that is not there says nothing. */
export function readEphemeralPorts(procRoot: string): IsEphemeral {
  const read = (name: string): string => {
    try {
      return readFileSync(join(procRoot, 'sys/net/ipv4', name), 'latin1');
    } catch {
      return '';
    }
  };
  return ephemeralPortsIn(read('ip_local_port_range'), read('ip_local_reserved_ports'));
}
