import { canonicalAddress } from './ip-address.ts';

/** One end of a connection. `address` in canonical spelling (ip-address.ts), `port` 0 to 65535. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What a socket is: transport, both addresses, both ports. */
export interface FiveTuple {
  readonly transport: 'tcp';
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

/** `192.0.2.1:443` or `[2001:db8::1]:443` (RFC 3986 section 3.2.2). */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * Reads `192.0.2.1:443`, `[2001:db8::1]:443`, netstat's `2001:db8::1:443` (the last colon parts the port) and a
 * mapped `::ffff:192.0.2.1:443`. Returns undefined when it is no endpoint.
 */
export function parseEndpoint(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':');
  const portText = text.slice(colon + 1);
  if (colon < 1 || !/^\d{1,5}$/.test(portText)) return undefined;
  const address = canonicalAddress(text.slice(0, colon));
  const port = Number(portText);
  return address === undefined || port > 65_535 ? undefined : { address, port };
}

/** One text for one socket, equal for equal five-tuples; for keys in maps. */
export function fiveTupleKey({ transport, local, peer }: FiveTuple): string {
  return `${transport} ${formatEndpoint(local)} ${formatEndpoint(peer)}`;
}

/** The same connection as the other end sees it. */
export function mirrored({ transport, local, peer }: FiveTuple): FiveTuple {
  return { transport, local: peer, peer: local };
}
