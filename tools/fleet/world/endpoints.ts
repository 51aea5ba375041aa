import type { Connection } from '@closewatch/protocol';
import { LINE_UP } from './roles.ts';
import { type Place, type Service } from './host.ts';
import { mix, pick } from './random.ts';

type Endpoint = Connection['peer'];

/** What the kernel gives out by default (ip_local_port_range). */
export const PORT_RANGE = { low: 32_768, high: 60_999 };
const PORTS = PORT_RANGE.high - PORT_RANGE.low + 1;

/** Somebody outside, of the nets for documentation (RFC 5737, RFC 3849). */
export function clientAddress(key: number, number: number): string {
  const chance = mix(key, number);
  const host = (chance >>> 8) % 254;
  switch (chance % 5) {
    case 0:
      return `2001:db8:c::${(host + 1).toString(16)}`;
    case 1:
    case 2:
      return `203.0.113.${host + 1}`;
    default:
      return `198.51.100.${host + 1}`;
  }
}

/** A port that the kernel gave out; those of numbers in a row differ. */
export function ephemeralPort(key: number, number: number): number {
  return PORT_RANGE.low + ((mix(key, 0) + number * 7) % PORTS);
}

/** Where connections of this destination go: hosts of the first thirty, which every fleet of that size has. */
export function destinationAddress(service: Service, index: number): string {
  const role = service.program.outbound[index]?.role ?? null;
  if (role === null) return `203.0.113.${(mix(service.key, index) % 40) + 200}`;
  const places = LINE_UP.flatMap((name, place) => (name === role ? [place] : []));
  return `192.0.2.${pick(places, service.key, index) + 1}`;
}

/** The two ends of the leaked socket of this number: programs that dial leak what they dialled, the others what came in. */
export function leakEnds(
  place: Place,
  service: Service,
  number: number,
): { readonly direction: 'inbound' | 'outbound'; readonly local: Endpoint; readonly peer: Endpoint } {
  const { program, key } = service;
  const dialled = dialledIndex(service);
  if (dialled !== undefined) {
    const peer = { address: destinationAddress(service, dialled), port: program.outbound[dialled]?.port ?? 443 };
    return { direction: 'outbound', local: { address: place.address, port: ephemeralPort(key, number) }, peer };
  }
  const peer = { address: clientAddress(key, number), port: ephemeralPort(key ^ 0x70656572, number) };
  return { direction: 'inbound', local: { address: place.address, port: listenPort(service) }, peer };
}

/** Which destination a leak is towards; undefined: it is of connections that came in. */
export function dialledIndex({ leak, program }: Service): number | undefined {
  const dials = leak === 'fast' || leak === 'slow' || leak === 'inherited';
  return dials && program.outbound.length > 0 ? program.outbound.length - 1 : undefined;
}

export function listenPort({ program }: Service): number {
  return program.listens[0] ?? 80;
}
