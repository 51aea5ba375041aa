import type { Incident, IncidentDetails } from '@closewatch/protocol';
import type { Finding } from '@closewatch/socket-states';
import { AT, HOST_ID } from './builders.ts';

export const INCIDENT_ID = '7d1c7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d';

export const codeLeak: Finding = {
  verdict: 'code_leak',
  confidence: 0.85,
  for: [],
  against: [],
  missing: [],
  advice: { key: 'advice.code_leak', parameters: {} },
};

export function incident(overrides: Partial<Incident> = {}): Incident {
  return {
    id: INCIDENT_ID,
    hostId: HOST_ID,
    hostname: 'web-1',
    rule: 'leak',
    severity: 'warning',
    state: 'open',
    subject: {
      of: 'leak',
      netns: 0,
      service: { executable: '/usr/bin/java', unit: 'checkout.service', containerId: null },
      ownership: 'known',
      direction: 'inbound',
      endpoint: { address: null, port: 8_080 },
    },
    service: 'checkout',
    beganAt: AT,
    openedAt: AT,
    staleSince: null,
    resolvedAt: null,
    resolvedAs: null,
    figures: { leaked: 412 },
    figuresAt: AT,
    peak: { figure: 'leaked', value: 412, at: AT },
    finding: codeLeak,
    reasons: [],
    acknowledged: null,
    owner: null,
    review: null,
    previousId: null,
    recurrence: 0,
    parentId: null,
    children: 0,
    version: 1,
    ...overrides,
  };
}

export function incidentDetails(overrides: Partial<IncidentDetails> = {}): IncidentDetails {
  return { ...incident(), events: [], evidence: [], changes: [], similar: [], ...overrides };
}
