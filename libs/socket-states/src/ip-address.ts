/**
 * IP addresses as text, in one canonical spelling: IPv4 dotted, IPv6 as RFC 5952 (lower case, longest run of zeros
 * compressed). An IPv4-mapped IPv6 address (::ffff:192.0.2.1, RFC 4291 section 2.5.5.2) is the IPv4 address: a
 * dual-stack server sees the same peer either way, and two ends of a connection must compare equal.
 */
export type NetworkType = 'ipv4' | 'ipv6';

/** From the four bytes of an IPv4 address. */
export function ipv4FromBytes(bytes: Uint8Array): string {
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
}

/** From the sixteen bytes of an IPv6 address in network order; an IPv4-mapped one comes out as IPv4. */
export function ipv6FromBytes(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  return formatGroups(groups);
}

/**
 * The canonical spelling of an address, or undefined when the text is none. Takes brackets around IPv6 and a zone,
 * which are dropped: `[fe80::1%eth0]`, and as ss writes them `[fe80::1]%eth0` and `127.0.0.53%lo`. Refuses IPv4 with
 * leading zeros, which some read as octal (RFC 6943 section 3.1.1).
 */
export function canonicalAddress(text: string): string | undefined {
  const zoneless = text.replace(/%[^%[\]\s]+(?=\]?$)/, '');
  const bracketed = /^\[(.*)\]$/.exec(zoneless)?.[1];
  const ipv4 = parseIpv4(zoneless);
  if (ipv4 !== undefined) return ipv4.join('.');
  const groups = parseIpv6(bracketed ?? zoneless);
  return groups === undefined ? undefined : formatGroups(groups);
}

/** The bytes of an address in any spelling that {@link canonicalAddress} takes: four, or sixteen; undefined for no address. */
export function addressBytes(text: string): Uint8Array | undefined {
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  const ipv4 = parseIpv4(address);
  if (ipv4 !== undefined) return Uint8Array.from(ipv4);
  return Uint8Array.from((parseIpv6(address) ?? []).flatMap((group) => [group >> 8, group & 255]));
}

/** The family of a canonical address. */
export function networkTypeOf(address: string): NetworkType {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function parseIpv4(text: string): number[] | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  if (tail === undefined) {
    const groups = parseGroups(head, { ipv4Last: true });
    return groups?.length === 8 ? groups : undefined;
  }
  const before = parseGroups(head, { ipv4Last: false });
  const after = parseGroups(tail, { ipv4Last: true });
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  return missing < 1 ? undefined : [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** Groups of 16 bits; only at the end of the address may the last two be written as IPv4 (RFC 4291 section 2.2). */
function parseGroups(text: string, { ipv4Last }: { ipv4Last: boolean }): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const ipv4 = ipv4Last && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = ipv4;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatGroups(groups: readonly number[]): string {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
