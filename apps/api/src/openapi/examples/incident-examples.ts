import { type Annotation, type Incident, type IncidentDetails } from '@closewatch/protocol';
import { type RouteExamples } from './route-examples.ts';

const INCIDENT: Incident = {
  id: '5a1c7f0e-3d2b-4c8a-9e6f-1b2c3d4e5f60',
  hostId: '0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d',
  hostname: 'shop-web-01',
  rule: 'leak',
  severity: 'critical',
  state: 'open',
  subject: {
    of: 'leak',
    netns: 0,
    service: { executable: '/opt/shop/bin/checkout', unit: 'checkout-service.service', containerId: null },
    ownership: 'known',
    direction: 'outbound',
    endpoint: { address: '10.0.2.7', port: 443 },
  },
  service: 'checkout-service',
  beganAt: '2026-11-22T13:41:10.000Z',
  openedAt: '2026-11-22T13:42:35.000Z',
  staleSince: null,
  resolvedAt: null,
  resolvedAs: null,
  figures: { leaked: 412, slopePerHour: 1210, timeLeftMs: 1818000, used: 489, limit: 1024 },
  figuresAt: '2026-11-22T14:02:05.000Z',
  peak: { figure: 'leaked', value: 412, at: '2026-11-22T14:02:05.000Z' },
  finding: {
    verdict: 'code_leak',
    confidence: 0.9,
    for: [],
    against: [],
    missing: [],
    advice: { key: 'advice.code_leak', parameters: {} },
  },
  reasons: [],
  acknowledged: { at: '2026-11-22T13:50:00.000Z', by: 'anna' },
  owner: 'checkout team',
  review: null,
  previousId: null,
  recurrence: 0,
  parentId: null,
  children: 0,
  version: 57,
};

const RESTART: Annotation = {
  id: '8c1f6b3a-2e4d-4a5b-8c7d-9e0f1a2b3c4d',
  at: '2026-11-22T13:37:10.000Z',
  kind: 'deploy',
  hostId: INCIDENT.hostId,
  hostname: INCIDENT.hostname,
  service: 'checkout-service',
  text: '',
  link: null,
  source: 'agent',
  author: null,
};

const DETAILS: IncidentDetails = {
  ...INCIDENT,
  events: [
    {
      number: 0,
      at: '2026-11-22T13:42:35.000Z',
      kind: 'opened',
      by: null,
      text: null,
      content: { severity: 'warning' },
    },
    {
      number: 1,
      at: '2026-11-22T13:50:00.000Z',
      kind: 'acknowledged',
      by: 'anna',
      text: 'Rolling back **2.14**.',
      content: {},
    },
  ],
  evidence: [
    {
      number: 0,
      capturedAt: '2026-11-22T13:42:35.000Z',
      kind: 'counts',
      content: { established: 64, close_wait: 81 },
    },
  ],
  changes: [RESTART],
  similar: [],
};

export const INCIDENT_EXAMPLES: RouteExamples = {
  'GET /api/v1/incidents': { answer: { items: [INCIDENT], nextCursor: null } },
  'GET /api/v1/incidents/{id}': { answer: DETAILS },
  'GET /api/v1/incidents/{id}/report': {
    answer: {
      writtenAt: '2026-11-22T14:02:30.000Z',
      language: 'en',
      headline: 'checkout-service leaks 412 connections to 10.0.2.7:443',
      incident: DETAILS,
    },
  },
  'POST /api/v1/incidents/{id}/acknowledge': { body: { note: 'Rolling back **2.14**.' }, answer: DETAILS },
  'DELETE /api/v1/incidents/{id}/acknowledge': { answer: DETAILS },
  'POST /api/v1/incidents/{id}/resolve': { body: { note: 'The rollback is out.' }, answer: DETAILS },
  'PUT /api/v1/incidents/{id}/owner': { body: { owner: 'checkout team' }, answer: DETAILS },
  'POST /api/v1/incidents/{id}/notes': { body: { text: 'Rolling back **2.14**.' }, answer: DETAILS },
  'PUT /api/v1/incidents/{id}/review': {
    body: { verdict: 'code_leak', note: 'A response body that nobody read.' },
    answer: DETAILS,
  },
};
