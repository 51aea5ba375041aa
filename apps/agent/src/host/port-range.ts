import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PORTS = 65_536;

/** The local ports that the kernel gives to those who dial without choosing one. They are the same for IPv4 and IPv6. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
  /** How many from `low` to `high` are reserved. */
  readonly reserved: number;
  /** 1 for each such port, by its number; 65,536 long. */
  readonly given: Uint8Array;
}

/**
 * From the texts of ip_local_port_range (`32768\t60999`) and ip_local_reserved_ports (`8080,9000-9100`, or nothing),
 * both of /proc/sys/net/ipv4 (ip-sysctl.rst). Undefined when the first is no range.
 */
export function portRangeIn(range: string, reserved: string): PortRange | undefined {
  const [, low, high] = (/^(\d{1,5})\s+(\d{1,5})\s*$/.exec(range) ?? []).map(Number);
  if (low === undefined || high === undefined || low > high || high >= PORTS) return undefined;
  const given = new Uint8Array(PORTS).fill(1, low, high + 1);
  for (const part of reserved.trim().split(',')) {
    const [from = NaN, to = from] = part.split('-').map((text) => (/^\d{1,5}$/.test(text) ? Number(text) : NaN));
    if (from <= to) given.fill(0, from, to + 1);
  }
  let free = 0;
  for (let port = low; port <= high; port++) free += given[port] ?? 0;
  return { low, high, reserved: high - low + 1 - free, given };
}

/** Reads both under `procRoot` (usually /proc) for the agent's network namespace. Undefined without a readable range. */
export function readPortRange(procRoot: string): PortRange | undefined {
  const read = (name: string): string => {
    try {
      return readFileSync(join(procRoot, 'sys/net/ipv4', name), 'latin1');
    } catch {
      return '';
    }
  };
  return portRangeIn(read('ip_local_port_range'), read('ip_local_reserved_ports'));
}
