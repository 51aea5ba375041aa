import type * as z from 'zod';
import type { ConnectionSchema } from '../connection.ts';
import type { PushSchema, SnapshotSchema } from '../push.ts';

/** A connection that is right in every field; a test changes what it is about. */
export function connection(changes: object = {}): z.input<typeof ConnectionSchema> {
  return {
    socketId: 'c0ffee00c0ffee00',
    transport: 'tcp',
    local: { address: '192.0.2.1', port: 443 },
    peer: { address: '198.51.100.7', port: 50_123 },
    direction: 'inbound',
    openedAfter: '2026-11-22T03:00:00.000Z',
    openedBefore: '2026-11-22T03:00:05.000Z',
    firstSeenAt: '2026-11-22T03:00:05.000Z',
    lastSeenAt: '2026-11-22T03:04:05.000Z',
    recvQueue: 1,
    sendQueue: 0,
    bytesAcked: null,
    lastSentAt: null,
    timer: null,
    acceptQueue: null,
    uid: 1_000,
    ownership: 'known',
    owners: [
      {
        pid: 4_242,
        startedAt: '2026-11-20T00:00:00.000Z',
        executable: '/usr/bin/java',
        command: 'java -jar orders.jar',
        descriptor: 87,
      },
    ],
    ...changes,
  };
}

export function snapshot(changes: object = {}): z.input<typeof SnapshotSchema> {
  return {
    seq: 0,
    takenAt: '2026-11-22T03:04:05.000Z',
    intervalMs: 5_000,
    netns: 0,
    counts: { established: 12, close_wait: 1 },
    connections: [connection()],
    complete: true,
    ...changes,
  };
}

export function push(changes: object = {}): z.input<typeof PushSchema> {
  return {
    protocol: 1,
    agentId: '0191d9c8-7b5e-7abc-8def-0123456789ab',
    runId: '0191d9c8-7b5e-7abc-8def-0123456789ac',
    bootId: '5c1f3ab2-9d59-4f0c-8a3c-6a7d5e9a3f10',
    agent: {
      version: '0.1.0',
      hostname: 'web-1',
      machineId: 'b08dfa6083e7567a1921a715000001fb',
      kernel: '6.18.44',
      source: 'netlink',
      clockOffsetMs: -12.5,
    },
    snapshots: [snapshot()],
    ...changes,
  };
}
