import type { IncidentSubject } from '@closewatch/protocol';
import { AT, connection } from '../../testing/builders.ts';
import { isNarrowSubject, isOfSubject, netnsOfSubject } from './of-subject.ts';

const java = {
  pid: 7,
  startedAt: AT,
  executable: '/usr/bin/java',
  command: 'java',
  unit: 'checkout.service',
  descriptor: 3,
};
const leak = (overrides: Partial<Extract<IncidentSubject, { of: 'leak' }>> = {}): IncidentSubject => ({
  of: 'leak',
  netns: 0,
  service: { executable: '/usr/bin/java', unit: 'checkout.service', containerId: null },
  ownership: 'known',
  direction: 'inbound',
  endpoint: { address: null, port: 8_080 },
  ...overrides,
});
const inbound = connection({ ownership: 'known', owners: [java] });

describe('isOfSubject', () => {
  it('takes the connections of the service at its endpoint', () => {
    expect(isOfSubject(leak(), inbound)).toBe(true);
  });

  it.each([
    ['another port', leak({ endpoint: { address: null, port: 8_081 } })],
    ['another direction', leak({ direction: 'outbound', endpoint: { address: '10.0.0.2', port: 40_000 } })],
    ['another program', leak({ service: { executable: '/usr/bin/node', unit: null, containerId: null } })],
    ['another unit', leak({ service: { executable: '/usr/bin/java', unit: 'orders.service', containerId: null } })],
    ['nobody', leak({ service: null, ownership: 'none' })],
  ])('leaves out those of %s', (_what, subject) => {
    expect(isOfSubject(subject, inbound)).toBe(false);
  });

  it('looks at the dialled peer of what went out', () => {
    const outbound = connection({ ...inbound, direction: 'outbound', peer: { address: '10.0.0.9', port: 443 } });
    const subject = leak({ direction: 'outbound', endpoint: { address: '10.0.0.9', port: 443 } });
    expect(isOfSubject(subject, outbound)).toBe(true);
    expect(isOfSubject(subject, { ...outbound, peer: { address: '10.0.0.8', port: 443 } })).toBe(false);
  });

  it('knows what nobody holds by the reason for it', () => {
    const queued = connection({ ownership: 'not_accepted', local: { address: '10.0.0.1', port: 8_080 } });
    expect(isOfSubject(leak({ service: null, ownership: 'not_accepted' }), queued)).toBe(true);
  });

  it('knows destinations, listeners, processes, and takes all for a host', () => {
    const peer = inbound.peer;
    expect(isOfSubject({ of: 'destination', netns: 0, localAddress: '10.0.0.1', peer }, inbound)).toBe(true);
    expect(isOfSubject({ of: 'listener', netns: 0, port: 81 }, inbound)).toBe(false);
    const process = { of: 'process', netns: 0, executable: '/usr/bin/java', unit: null, containerId: null } as const;
    expect(isOfSubject(process, inbound)).toBe(true);
    expect(isOfSubject({ of: 'host' }, inbound)).toBe(true);
    expect([isNarrowSubject(process), isNarrowSubject({ of: 'host' })]).toEqual([true, false]);
    expect([netnsOfSubject({ ...process, netns: 4 }), netnsOfSubject({ of: 'host' })]).toEqual([4, 0]);
  });
});
