import { leakKey, type LeakSubject } from '@closewatch/socket-states';

/** A service that leaks towards more addresses of one port than this is told of as a whole, not by address. */
export const MOST_PEERS = 10;

/** The same whatever the address that is dialled. */
export function withAnyPeer(subject: LeakSubject): LeakSubject {
  return { ...subject, endpoint: { address: null, port: subject.endpoint.port } };
}

/** What is known of leak keys before a snapshot is judged. */
export interface KnownKeys {
  /** Of which an incident is open: they stay what they are. */
  readonly kept: ReadonlySet<string>;
  /** That something is remembered of: what was told as a whole goes on as one while it is. */
  readonly remembers: (key: string) => boolean;
}

/**
 * Peers whose addresses come and go (a balancer's, a crowd of clients') leak a few sockets each and many in all: a leak that
 * no single address would show. Returns what a subject is judged as. `leaked`: the subjects of what is leaked.
 */
export function foldedByPeer(
  leaked: Iterable<LeakSubject>,
  { kept, remembers }: KnownKeys,
): (subject: LeakSubject) => LeakSubject {
  const addresses = new Map<string, Set<string>>();
  for (const subject of leaked) {
    const { address } = subject.endpoint;
    if (address === null) continue;
    const key = leakKey(withAnyPeer(subject));
    const known = addresses.get(key) ?? new Set();
    addresses.set(key, known.add(address));
  }
  const isFolded = (key: string): boolean =>
    (addresses.get(key)?.size ?? 0) > MOST_PEERS || remembers(key) || kept.has(key);
  return (subject) => {
    if (subject.endpoint.address === null) return subject;
    const whole = withAnyPeer(subject);
    return isFolded(leakKey(whole)) && !kept.has(leakKey(subject)) ? whole : subject;
  };
}
