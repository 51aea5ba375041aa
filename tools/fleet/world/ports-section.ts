import type { FinWaits, Ports } from '@closewatch/protocol';
import { closesBy, TIME_WAIT_MS } from './closes.ts';
import { clientAddress, destinationAddress, ephemeralPort, listenPort, PORT_RANGE } from './endpoints.ts';
import { type HostPlan, type Place } from './host.ts';
import { type PlaceLoad } from './load.ts';
import { keyFor } from './random.ts';

/** FIN_WAIT tuples that are told of in full. */
const TUPLES = 20;

/** Local ports by destination: what is open to it, and its part of what this side closed in the last minute. */
export function portsOf(host: HostPlan, place: Place, load: PlaceLoad, atMs: number): Ports {
  const timeWait = load.counts.time_wait ?? 0;
  const dialling = load.services.reduce((sum, { outbound }) => sum + outbound.length, 0);
  const listening = load.services.reduce((sum, { listening }) => sum + listening, 0);
  const destinations = load.services.flatMap(({ service, outbound }) =>
    outbound.map((established, index) => {
      // Half of what is closed first came in, and stands at a port that is listened on.
      const closed = Math.floor(timeWait / 2 / dialling);
      return {
        localAddress: place.address,
        peer: { address: destinationAddress(service, index), port: service.program.outbound[index]?.port ?? 443 },
        used: established + closed,
        timeWait: closed,
        available: PORT_RANGE.high - PORT_RANGE.low + 1 - (place.netns === 0 ? 1 : 0),
      };
    }),
  );
  destinations.sort((a, b) => b.used - a.used);
  const closed = closesBy(host, place, atMs) - closesBy(host, place, atMs - TIME_WAIT_MS);
  return {
    range: { ...PORT_RANGE, reserved: listening > 0 && place.netns === 0 ? 1 : 0 },
    destinations,
    destinationCount: destinations.length,
    closesPerSecond: Math.round(closed / (TIME_WAIT_MS / 10_000)) / 10,
    timeWait: { count: timeWait, max: host.role.maxTimeWait },
  };
}

/** The FIN_WAIT tuples that the counts speak of. */
export function finWaitsOf(place: Place, { counts, services }: PlaceLoad, atMs: number): FinWaits {
  const tuples = (total: number, name: string): FinWaits['finWait1'] => {
    const key = keyFor(place.key, name);
    const port = services[0] === undefined ? 80 : listenPort(services[0].service);
    const base = Math.floor(atMs / 1_000) % 2 ** 24;
    const items = Array.from({ length: Math.min(total, TUPLES) }, (_, i) => ({
      local: { address: place.address, port },
      peer: { address: clientAddress(key, base + i), port: ephemeralPort(key, base + i) },
    }));
    return { total, items };
  };
  return { finWait1: tuples(counts.fin_wait_1 ?? 0, 'fin 1'), finWait2: tuples(counts.fin_wait_2 ?? 0, 'fin 2') };
}
