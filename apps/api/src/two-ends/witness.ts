import { type Endpoint, fiveTupleKey } from '@closewatch/socket-states';

/** A connection whose other end is looked for, as its own host sees it. */
export interface AskedTuple {
  readonly local: Endpoint;
  readonly peer: Endpoint;
  readonly direction: 'inbound' | 'outbound' | null;
  /** It was in CLOSE_WAIT at this instant at the latest; milliseconds since the epoch. */
  readonly openedBefore: number;
}

export interface Tuple {
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

/**
 * What one network namespace of a host told, as far as it may be the other end: it has one of the peers' addresses.
 * Instants are milliseconds since the epoch.
 */
export interface Witness {
  readonly hostId: number;
  /** agentId. */
  readonly id: string;
  readonly hostname: string;
  readonly labels: Record<string, string>;
  readonly netns: number;
  /** Whether it is the very namespace that is asked about: loopback, and a host that talks to itself. */
  readonly self: boolean;
  readonly addresses: ReadonlySet<string>;
  /** When its closing sockets were told; null: never. */
  readonly finWaitsAt: number | null;
  /** Not all were listed. */
  readonly cut: boolean;
  readonly finWait1: readonly Tuple[];
  readonly finWait2: readonly Tuple[];
  /** Its own CLOSE_WAIT sockets that mirror an asked one, by {@link tupleKey}, and when each was seen last. */
  readonly closeWait: ReadonlyMap<string, number>;
  /** Local ports in use towards a destination, of all states. */
  readonly uses: readonly { readonly localAddress: string; readonly peer: Endpoint; readonly used: number }[];
  readonly usesAt: number | null;
}

export function tupleKey({ local, peer }: Tuple): string {
  return fiveTupleKey({ transport: 'tcp', local, peer });
}

/** The same connection as the other end sees it. */
export function mirroredTuple({ local, peer }: Tuple): Tuple {
  return { local: peer, peer: local };
}

const LOOPBACK = /^(127\.|::1$)/;

/** Both ends are in one namespace: nobody else has the address, or it is the host's own. */
export function isSelf({ local, peer }: Tuple): boolean {
  return LOOPBACK.test(peer.address) || local.address === peer.address;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}
