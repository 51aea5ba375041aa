import { type RouteExamples } from './route-examples.ts';

export const PORT_EXAMPLES: RouteExamples = {
  'GET /api/v1/hosts/{id}/ports': {
    answer: {
      ports: {
        takenAt: '2026-11-22T14:58:00.000Z',
        range: { low: 32768, high: 60999, reserved: 0 },
        timeWait: { max: 131072, count: 90 },
        destinations: [
          {
            peer: { port: 443, address: '198.51.100.7' },
            used: 412,
            timeWait: 0,
            available: 28232,
            localAddress: '192.0.2.1',
          },
        ],
        closesPerSecond: 1.5,
        destinationCount: 1,
      },
      kernel: null,
    },
  },
  'GET /api/v1/hosts/{id}/ports/history': {
    answer: {
      from: '2026-11-22T14:54:30.000Z',
      to: '2026-11-22T14:59:40.000Z',
      stepMs: 113000,
      t: [1795359255000, 1795359368000, 1795359481000],
      items: [
        {
          localAddress: '192.0.2.1',
          peer: { port: 443, address: '198.51.100.7' },
          greatest: 412,
          used: { min: [412, 412, null], max: [412, 412, null] },
          timeWait: { min: [0, 0, null], max: [0, 0, null] },
          available: [28232, 28232, null],
        },
      ],
      closesPerSecond: { avg: [1.5, 1.5, null], max: [1.5, 1.5, null] },
      timeWait: { min: [90, 90, null], max: [90, 90, null] },
      timeWaitMax: [131072, 131072, null],
      destinationCount: [1, 1, null],
    },
  },
};
