import { type RouteExamples } from './route-examples.ts';

/** Of a service that reads what comes and never closes. */
export const FINDING_EXAMPLE = {
  verdict: 'code_leak',
  confidence: 0.95,
  for: [
    { key: 'reason.read_to_the_end', parameters: { count: 1 } },
    { key: 'reason.polled', parameters: { polledAgoMs: 40 } },
    { key: 'reason.persists', parameters: { oldestMs: 309354 } },
  ],
  against: [],
  missing: [],
  advice: { key: 'advice.code_leak', parameters: { pid: 4711, executable: '/usr/bin/node' } },
};

export const LEAK_EXAMPLE = {
  subject: {
    netns: 0,
    service: { executable: '/usr/bin/node', unit: 'checkout.service', containerId: null },
    ownership: 'known',
    direction: 'inbound',
    endpoint: { address: null, port: 8080 },
  },
  processes: [{ pid: 4711, startedAt: '2023-11-14T22:13:20.000Z' }],
  count: 2,
  leaked: 2,
  orphaned: 0,
  oldestSeconds: 309.354,
  finding: FINDING_EXAMPLE,
  level: 'suspect',
  slopePerHour: 12,
  timeLeftSeconds: 298800,
  incidentId: null,
};

export const LEAK_EXAMPLES: RouteExamples = {
  'GET /api/v1/hosts/{id}/leaks': { answer: { takenAt: '2026-11-22T14:58:00.000Z', total: 1, items: [LEAK_EXAMPLE] } },
  'GET /api/v1/hosts/{id}/connections/{socketId}': {
    answer: {
      host: { id: '0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d', hostname: 'shop-web-01' },
      netns: 0,
      connection: {
        socketId: 'b7c0d9e1a2f34455',
        transport: 'tcp',
        local: { address: '192.0.2.1', port: 8080 },
        peer: { address: '198.51.100.7', port: 51234 },
        direction: 'inbound',
        openedAfter: '2026-11-22T14:54:35.000Z',
        openedBefore: '2026-11-22T14:54:40.000Z',
        firstSeenAt: '2026-11-22T14:54:40.000Z',
        lastSeenAt: '2026-11-22T14:58:00.000Z',
        recvQueue: 0,
        sendQueue: 0,
        uid: 1000,
        ownership: 'known',
        owners: [
          {
            pid: 4711,
            unit: 'checkout.service',
            command: 'node checkout.js',
            startedAt: '2023-11-14T22:13:20.000Z',
            descriptor: 21,
            executable: '/usr/bin/node',
          },
        ],
        bytesAcked: null,
        lastSentAt: null,
        timer: null,
        acceptQueue: null,
        ageSeconds: { atLeast: 309.354, atMost: 314.354 },
        verdict: FINDING_EXAMPLE,
      },
      peerEnd: {
        hostId: '9d9aec93-0d00-4c4f-be49-06aacb717037',
        hostname: 'shop-edge-02',
        netns: 0,
        state: 'gone',
        ground: 'not_there',
        asOf: '2026-11-22T14:57:40.000Z',
      },
      oldTuple: {
        peer: { address: '198.51.100.7', port: 51234 },
        local: { address: '192.0.2.1', port: 8080 },
        stillUsed: 14,
        asOf: '2026-11-22T14:57:40.000Z',
      },
      leak: LEAK_EXAMPLE,
      commands: [
        {
          program: 'ss',
          command: "ss -tnpoemi state close-wait '( src 192.0.2.1:8080 and dst 198.51.100.7:51234 )'",
        },
        { program: 'lsof', command: 'lsof -nP -a -p 4711 -d 21' },
      ],
    },
  },
};
