import { type RouteExamples } from './route-examples.ts';

export const PROCESS_EXAMPLES: RouteExamples = {
  'GET /api/v1/hosts/{id}/processes': {
    answer: {
      takenAt: '2026-11-22T14:58:00.000Z',
      items: [
        {
          counts: { close_wait: 3, established: 4 },
          process: {
            pid: 4711,
            command: 'node checkout.js',
            startedAt: '2023-11-14T22:13:20.000Z',
            executable: '/usr/bin/node',
          },
          descriptors: { used: 90, limit: 1024 },
          evidence: {
            cpu: { runMsPerSecond: 3.5, runQueueWaitMsPerSecond: 0.2 },
            uid: 1000,
            waits: [{ state: 'S', wchan: 'ep_poll', syscall: 'epoll_wait', threads: 12 }],
            unread: 0,
            missing: [],
            process: {
              pid: 4711,
              command: 'node checkout.js',
              startedAt: '2023-11-14T22:13:20.000Z',
              executable: '/usr/bin/node',
            },
            threads: { total: 12, looked: 12 },
            orphaned: 0,
            windowMs: 5000,
            closeWait: 2,
            watchedMs: 60000,
            throttling: null,
            descriptors: { used: 90, limit: 1024 },
            polledAgoMs: 40,
          },
        },
      ],
      nextCursor: null,
      others: 0,
      unowned: 0,
      evidence: { takenAt: '2026-11-22T14:58:00.000Z', unlisted: [], pressureStall: null },
    },
  },
  'GET /api/v1/hosts/{id}/processes/history': {
    answer: {
      from: '2026-11-22T14:54:30.000Z',
      to: '2026-11-22T14:59:40.000Z',
      stepMs: 113000,
      t: [1795359255000, 1795359368000, 1795359481000],
      items: [
        {
          process: {
            pid: 4711,
            command: 'node checkout.js',
            startedAt: '2023-11-14T22:13:20.000Z',
            executable: '/usr/bin/node',
          },
          greatest: 7,
          sockets: { min: [7, 7, null], max: [7, 7, null] },
          counts: {
            established: { min: [4, 4, null], max: [4, 4, null] },
            close_wait: { min: [3, 3, null], max: [3, 3, null] },
          },
          descriptors: { used: [90, 90, null], limit: [1024, 1024, null] },
        },
      ],
      others: [0, 0, null],
      unowned: [0, 0, null],
    },
  },
  'GET /api/v1/hosts/{id}/orphans': {
    answer: {
      takenAt: '2026-11-22T14:58:00.000Z',
      count: 1,
      items: [
        {
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
          socketId: 'socket-orphan',
          orphanedAt: '2023-11-14T22:13:20.000Z',
        },
      ],
      nextCursor: null,
    },
  },
};
