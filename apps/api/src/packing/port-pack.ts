import { type PortPressure, type Ports } from '@closewatch/protocol';
import { type ListingKind } from './listing.ts';

/** Towards where ports are used. */
export type Destination = Pick<PortPressure, 'localAddress' | 'peer'>;

type Addresses = readonly [localAddress: string, peerAddress: string];

/** Numbers of a destination in {@link PORT_LISTING}. */
export const USED = 0;
export const TIME_WAIT = 1;
export const AVAILABLE = 2;

/** Numbers of a whole section. Closes a second are in one of two: agents round to hundredths, which pack tightly. */
export const WHOLE = {
  low: 0,
  high: 1,
  reserved: 2,
  destinationCount: 3,
  closesInHundredths: 4,
  closesUnrounded: 5,
  timeWait: 6,
  timeWaitMax: 7,
} as const;

const HUNDRED = 100;
const KEY_SEPARATOR = ' ';

/** How port pressure is packed. */
export const PORT_LISTING: ListingKind<Ports, Destination> = {
  split: ({ localAddress, peer }) => ({ numbers: [peer.port], rest: [localAddress, peer.address] }),
  join: ([port = 0], rest) => {
    const [localAddress, address] = rest as Addresses;
    return { localAddress, peer: { address, port } };
  },
  keyOf: ([port = 0], rest) => [...(rest() as Addresses), port].join(KEY_SEPARATOR),

  wholeCount: Object.keys(WHOLE).length,
  valueCount: 3,

  wholeOf: ({ range, destinationCount, closesPerSecond, timeWait }) => [
    range?.low ?? null,
    range?.high ?? null,
    range?.reserved ?? null,
    destinationCount,
    ...splitCloses(closesPerSecond),
    timeWait?.count ?? null,
    timeWait?.max ?? null,
  ],

  listOf: ({ destinations }) =>
    destinations.map(({ localAddress, peer, used, timeWait, available }) => ({
      thing: { localAddress, peer },
      values: [used, timeWait, available],
    })),

  contentOf: (whole, list) => {
    const [low, high, reserved] = [WHOLE.low, WHOLE.high, WHOLE.reserved].map((index) => whole[index] ?? null);
    const timeWait = whole[WHOLE.timeWait] ?? null;
    return {
      range: isTold(low) && isTold(high) && isTold(reserved) ? { low, high, reserved } : null,
      destinations: list.map(({ thing, values }) => ({
        ...thing,
        used: values[USED] ?? 0,
        timeWait: values[TIME_WAIT] ?? 0,
        available: values[AVAILABLE] ?? 0,
      })),
      destinationCount: whole[WHOLE.destinationCount] ?? 0,
      closesPerSecond: closesPerSecond(whole),
      timeWait: timeWait === null ? null : { count: timeWait, max: whole[WHOLE.timeWaitMax] ?? null },
    };
  },

  weightOf: (values) => values[USED] ?? 0,
};

/** Local address, peer's address and peer's port of a destination, from what is the same for it over time. */
export function splitDestinationKey(key: string): string[] {
  return key.split(KEY_SEPARATOR);
}

function isTold(value: number | null | undefined): value is number {
  return typeof value === 'number';
}

function splitCloses(closes: number | null): [hundredths: number | null, unrounded: number | null] {
  if (closes === null) return [null, null];
  const hundredths = Math.round(closes * HUNDRED);
  return hundredths / HUNDRED === closes ? [hundredths, null] : [null, closes];
}

/** Of the numbers of a whole section. */
export function closesPerSecond(whole: readonly (number | null)[]): number | null {
  const hundredths = whole[WHOLE.closesInHundredths] ?? null;
  return hundredths === null ? (whole[WHOLE.closesUnrounded] ?? null) : hundredths / HUNDRED;
}
