import { readFileSync } from 'node:fs';

export interface Source {
  readonly localAddress: string;
  readonly localPort: number;
}

/** Share of the ports of one address that the lab takes before it goes to the next. */
export const MAX_SHARE = 0.75;

/** The range of ephemeral ports, both ends included (ip-sysctl: ip_local_port_range). */
export function portRange(): { low: number; high: number } {
  const [low, high] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  return { low: low ?? 32_768, high: high ?? 60_999 };
}

/**
 * Source addresses and ports for `count` connections that must stay apart, in an endless round. The kernel's own choice
 * would not do: a SYN from the port of a leaked connection whose peer is forgotten ends in a RST that removes the leak
 * (RFC 9293 section 3.10.7.4), and tcp_tw_reuse lets loopback take over a TIME_WAIT after one second.
 */
export function* sourcePorts(host: string, count: number): Generator<Source, never> {
  const { low, high } = portRange();
  const ports = high - low + 1;
  const addresses =
    host === '::1'
      ? ['::1']
      : Array.from({ length: Math.ceil(count / (ports * MAX_SHARE)) }, (_, index) => `127.0.0.${index + 1}`);
  const start = Math.floor(Math.random() * ports);
  for (;;) {
    for (const localAddress of addresses) {
      for (let step = 0; step < ports; step++) {
        yield { localAddress, localPort: low + ((start + step) % ports) };
      }
    }
  }
}
