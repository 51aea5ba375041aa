import { addressBytes } from './ip-address.ts';

/** Addresses from `first` to `last`, both of one family and included; IPv6 written in full, without `::`. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/**
 * The addresses that a text means: one (`192.0.2.1`, `[2001:db8::1]`) or those of a network in CIDR notation (RFC 4632,
 * `192.0.2.0/24`, `2001:db8::/32`); bits behind the prefix may be set. IPv4-mapped IPv6 is IPv4, as everywhere
 * (ip-address.ts): `::ffff:192.0.2.0/120` is `192.0.2.0/24`, and a shorter IPv6 prefix has no IPv4 in it. Undefined when
 * the text is neither.
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = '', prefixText, ...more] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === undefined || more.length > 0) return undefined;
  const prefix = prefixText === undefined ? bytes.length * 8 : prefixLength(prefixText, address, bytes);
  if (prefix === undefined) return undefined;
  const first = bytes.map((byte, index) => byte & maskOf(prefix, index));
  const last = bytes.map((byte, index) => byte | (~maskOf(prefix, index) & 0xff));
  return { first: written(first), last: written(last) };
}

/** Leading bits of the address that stand for the network; undefined when there are no so many. */
function prefixLength(text: string, address: string, bytes: Uint8Array): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const bits = bytes.length * 8;
  const mapped = bytes.length === 4 && address.includes(':');
  const length = mapped ? Number(text) - 96 : Number(text);
  return length >= 0 && length <= bits ? length : undefined;
}

/** The bits of a byte of the address that belong to the network. */
function maskOf(prefix: number, index: number): number {
  const own = Math.min(8, Math.max(0, prefix - index * 8));
  return (0xff << (8 - own)) & 0xff;
}

function written(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  return Array.from({ length: 8 }, (_, group) =>
    (((bytes[group * 2] ?? 0) << 8) | (bytes[group * 2 + 1] ?? 0)).toString(16),
  ).join(':');
}
