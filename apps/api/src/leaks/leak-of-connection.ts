import { type Connection, type LeakGroup } from '@closewatch/protocol';
import { leakKey, type LeakSubject } from '@closewatch/socket-states';
import { withAnyPeer } from '../detection/any-peer.ts';

/** What a connection of a namespace is told apart by as part of a leak: what detection does in SQL (leak-subject.ts). */
export function leakSubjectOfConnection(
  { direction, local, peer, ownership, owners }: Connection,
  netns: number,
): LeakSubject {
  const owner = owners[0];
  // Where the direction is not known the lower port is taken for the service's.
  const dialled = direction === 'outbound' || (direction === null && peer.port < local.port);
  return {
    netns,
    service:
      owner === undefined
        ? null
        : { executable: owner.executable, unit: owner.unit ?? null, containerId: owner.containerId ?? null },
    ownership: owner === undefined ? ownership : 'known',
    direction,
    endpoint: dialled ? { address: peer.address, port: peer.port } : { address: null, port: local.port },
  };
}

/** The leak that a connection is a part of: of its peer, or else of all peers of its service (detection/any-peer.ts). */
export function leakOfConnection(
  connection: Connection,
  netns: number,
  leaks: readonly LeakGroup[],
): LeakGroup | undefined {
  const own = leakSubjectOfConnection(connection, netns);
  const of = (asked: LeakSubject): LeakGroup | undefined => {
    const key = leakKey(asked);
    return leaks.find(({ subject }) => leakKey(subject) === key);
  };
  return of(own) ?? of(withAnyPeer(own));
}
