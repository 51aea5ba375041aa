import { describe, expect, it } from '@jest/globals';
import { headlineParameters } from './incident-headline.ts';
import type { IncidentSubject } from './incident.ts';

const named = {
  service: 'checkout',
  hostname: 'web-1',
  figures: { leaked: 412, timeLeftMs: null },
  peak: { figure: 'leaked', value: 500, at: '2026-11-22T12:00:00.000Z' },
  state: 'open',
} as const;
const leak = (address: string | null): IncidentSubject => ({
  of: 'leak',
  netns: 0,
  service: null,
  ownership: 'none',
  direction: address === null ? 'inbound' : 'outbound',
  endpoint: { address, port: 443 },
});

describe('headlineParameters', () => {
  it('name service, host and the figures that are known', () => {
    expect(headlineParameters({ ...named, subject: { of: 'host' } })).toEqual({
      service: 'checkout',
      host: 'web-1',
      leaked: 412,
    });
  });

  it.each([
    ['what was dialled', leak('2001:db8::1'), { endpoint: '[2001:db8::1]:443', direction: 'outbound' }],
    ['what is listened on', leak(null), { endpoint: '*:443', direction: 'inbound' }],
    [
      'a destination',
      { of: 'destination', netns: 0, localAddress: '10.0.0.1', peer: { address: '10.0.0.2', port: 5432 } },
      { endpoint: '10.0.0.2:5432' },
    ],
    ['a listener', { of: 'listener', netns: 0, port: 80 }, { endpoint: '*:80' }],
    [
      'a bound of the user',
      { of: 'state', netns: 0, state: 'time_wait', name: 'many' },
      { name: 'many', state: 'time_wait' },
    ],
  ] as const)('name the end that it is about: %s', (_what, subject, expected) => {
    expect(headlineParameters({ ...named, subject })).toMatchObject(expected);
  });

  it('tell the peak of what is over, and of what clears', () => {
    const subject = { of: 'host' } as const;
    expect(headlineParameters({ ...named, subject, state: 'resolved' })).toMatchObject({ leaked: 500 });
    expect(headlineParameters({ ...named, subject, figures: { leaked: 0 } })).toMatchObject({ leaked: 500 });
  });

  it('leave out what is not known', () => {
    const parameters = headlineParameters({ ...named, subject: { of: 'listener', netns: 0, port: null } });
    expect(Object.keys(parameters).sort()).toEqual(['host', 'leaked', 'service']);
  });
});
