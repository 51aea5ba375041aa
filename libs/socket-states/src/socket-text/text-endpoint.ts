import { parseEndpoint, type Endpoint } from '../five-tuple.ts';

/** Width of netstat's columns of addresses: what does not fit is cut, unless it is told to be wide (-W). */
export const NETSTAT_COLUMN = 23;

/** One end of a socket as a tool spells it. */
export type TextEnd =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** A name stands where a number should, as without -n. */
  | { readonly kind: 'named' }
  | { readonly kind: 'unreadable' };

const UNREADABLE: TextEnd = { kind: 'unreadable' };
const NAMED: TextEnd = { kind: 'named' };

/**
 * `192.0.2.1:443`, `[2001:db8::1]:443`, `2001:db8::1:443`, `[fe80::1]%eth0:546`, `127.0.0.53%lo:53`, `*:22`, `:::22`,
 * `0.0.0.0:*` ... `*` stands for any address, and as a port for 0.
 */
export function readEnd(text: string): TextEnd {
  const colon = text.lastIndexOf(':');
  if (colon < 1) return UNREADABLE;
  const port = text.slice(colon + 1);
  const address = text.slice(0, colon);
  const numeric = `${address === '*' ? '0.0.0.0' : address}:${port === '*' ? '0' : port}`;
  const endpoint = parseEndpoint(numeric);
  if (endpoint !== undefined) return { kind: 'endpoint', endpoint };
  const portIsName = /^[a-z][\w.+-]*$/i.test(port);
  const addressIsName = /^[a-z0-9]([\w.-]*[a-z0-9])?$/i.test(address) && /[a-z]/i.test(address);
  if (addressIsName) return portIsName || readEnd(`*:${port}`).kind === 'endpoint' ? NAMED : UNREADABLE;
  return portIsName && readEnd(`${address}:0`).kind === 'endpoint' ? NAMED : UNREADABLE;
}

/** How the text spells the family: `[`, or two colons and more, make IPv6. `*` is either. */
export function familyOf(local: string): 'ipv4' | 'ipv6' | 'either' {
  if (local.startsWith('*')) return 'either';
  const colon = local.indexOf(':');
  return local.startsWith('[') || colon !== local.lastIndexOf(':') ? 'ipv6' : 'ipv4';
}

/**
 * Whether netstat may have cut this end: IPv6 that fills its column to the last character. That a few fit exactly
 * cannot be told from the text. IPv4 always fits.
 */
export function mayBeCut(text: string): boolean {
  return text.length === NETSTAT_COLUMN && familyOf(text) === 'ipv6';
}

/**
 * Whether a cut end may be this endpoint. net-tools cuts the address and keeps the port (`2001:db8:85a3::8a:44321`),
 * busybox cuts whatever comes last.
 */
export function mayBe(cut: string, { address, port }: Endpoint): boolean {
  const colon = cut.lastIndexOf(':');
  const keptPort = cut.slice(colon + 1) === String(port) && address.startsWith(cut.slice(0, colon));
  return keptPort || `${address}:${port}`.startsWith(cut);
}
