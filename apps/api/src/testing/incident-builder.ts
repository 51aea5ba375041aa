import { randomUUID } from 'node:crypto';
import { leakKey, type LeakSubject } from '@closewatch/socket-states';
import { type KeptIncident } from '../incidents/kept-incident.ts';

/** A leak as the detection engine opens an incident of it; `port` of the service tells several apart. */
export function buildIncident(
  hostId: number,
  openedAt: number,
  { port = 8080, ...overrides }: Partial<KeptIncident> & { readonly port?: number } = {},
): KeptIncident {
  const subject: LeakSubject = {
    netns: 0,
    service: { executable: 'node', unit: 'checkout.service', containerId: null },
    ownership: 'known',
    direction: 'inbound',
    endpoint: { address: null, port },
  };
  return {
    hostId,
    id: randomUUID(),
    rule: 'leak',
    key: leakKey(subject),
    severity: 'warning',
    subject: { of: 'leak', ...subject },
    service: 'checkout.service',
    beganAt: openedAt - 80_000,
    openedAt,
    staleSince: null,
    clearingSince: null,
    resolvedAt: null,
    resolvedAs: null,
    figures: { leaked: 12, slopePerHour: 3_600, timeLeftMs: 1_020_000, used: 120, limit: 1_024 },
    figuresAt: openedAt,
    peak: { figure: 'leaked', value: 12, at: openedAt },
    finding: {
      verdict: 'code_leak',
      confidence: 0.9,
      for: [],
      against: [],
      missing: [],
      advice: { key: 'advice.code_leak', parameters: {} },
    },
    reasons: [],
    previousId: null,
    recurrence: 0,
    parentId: null,
    state: { phase: 'open' },
    ...overrides,
  };
}
