import { type RouteExamples } from './route-examples.ts';

export const RETENTION_EXAMPLES: RouteExamples = {
  'GET /api/v1/retention': {
    answer: {
      items: [
        {
          kind: 'snapshots',
          keepDays: 35,
          defaultDays: 35,
          changedAt: '2026-11-20T08:15:00.000Z',
          bytes: 212500000,
          standingBytes: 30500000,
          rows: 4800,
          oldest: '2026-11-21T00:00:00.000Z',
          bytesPerDay: 92000000,
          forecastBytes: 3250500000,
          parts: [
            { from: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z', bytes: 92000000 },
            { from: '2026-11-22T00:00:00.000Z', until: '2026-11-23T00:00:00.000Z', bytes: 90000000 },
          ],
        },
        {
          kind: 'rollups',
          keepDays: 400,
          defaultDays: 400,
          changedAt: null,
          bytes: 16384,
          standingBytes: 0,
          rows: null,
          oldest: null,
          bytesPerDay: null,
          forecastBytes: null,
          parts: [],
        },
      ],
      total: { bytes: 212500000, forecastBytes: null, disk: { freeBytes: 120000000000, sizeBytes: 250000000000 } },
    },
  },
  'PUT /api/v1/retention/{kind}': {
    body: { keepDays: 60 },
    answer: {
      kind: 'processes',
      keepDays: 60,
      defaultDays: 35,
      changedAt: '2026-11-20T08:15:00.000Z',
      bytes: 212500000,
      standingBytes: 30500000,
      rows: 4800,
      oldest: '2026-11-21T00:00:00.000Z',
      bytesPerDay: 92000000,
      forecastBytes: 5550500000,
      parts: [
        { from: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z', bytes: 92000000 },
        { from: '2026-11-22T00:00:00.000Z', until: '2026-11-23T00:00:00.000Z', bytes: 90000000 },
      ],
    },
  },
};
