import type { ConnectionItem, IncidentSubject } from '@closewatch/protocol';

/** Whether a connection is of what the incident is about: its service and endpoint, its process, its destination, its listener. */
export function isOfSubject(
  subject: IncidentSubject,
  {
    owners,
    ownership,
    direction,
    local,
    peer,
  }: Pick<ConnectionItem, 'owners' | 'ownership' | 'direction' | 'local' | 'peer'>,
): boolean {
  switch (subject.of) {
    case 'leak': {
      const { service, endpoint } = subject;
      const held =
        service === null ? ownership === subject.ownership : owners.some((owner) => isOfService(owner, service));
      // Where the direction was not known, the endpoint may be either end.
      const ends = { inbound: [local], outbound: [peer], unknown: [local, peer] }[subject.direction ?? 'unknown'];
      return (
        held &&
        (subject.direction === null || direction === null || direction === subject.direction) &&
        ends.some(({ address, port }) => port === endpoint.port && (endpoint.address ?? address) === address)
      );
    }
    case 'process':
      return owners.some((owner) => isOfService(owner, subject));
    case 'destination':
      return peer.address === subject.peer.address && peer.port === subject.peer.port;
    case 'listener':
      return subject.port === null || local.port === subject.port;
    case 'state':
    case 'host':
      return true;
  }
}

type Service = NonNullable<Extract<IncidentSubject, { of: 'leak' }>['service']>;

function isOfService(owner: ConnectionItem['owners'][number], service: Service): boolean {
  return (
    owner.executable === service.executable &&
    (service.containerId === null || owner.containerId === service.containerId) &&
    (service.unit === null || owner.unit === service.unit)
  );
}

/** Whether there are connections that an incident is not about. */
export function isNarrowSubject({ of }: IncidentSubject): boolean {
  return of !== 'state' && of !== 'host';
}

/** The network namespace that an incident is seen in; 0 is the host's own. */
export function netnsOfSubject(subject: IncidentSubject): number {
  return subject.of === 'host' ? 0 : subject.netns;
}
