import { randomUUID } from 'node:crypto';
import { type Connection, PROTOCOL_VERSION, type Push, type Snapshot, StateCountsSchema } from '@closewatch/protocol';

/** A push of one agent run, as a healthy agent builds it. */
export function buildPush(overrides: Partial<Push> = {}): Push {
  return {
    protocol: PROTOCOL_VERSION,
    agentId: randomUUID(),
    runId: randomUUID(),
    bootId: randomUUID(),
    agent: {
      version: '0.1.0',
      hostname: 'web-1',
      machineId: 'a1b2c3',
      kernel: 'Linux 6.18.0',
      source: 'netlink',
      capabilities: ['CAP_SYS_PTRACE'],
      missing: [],
      clockOffsetMs: 0,
    },
    snapshots: [buildSnapshot()],
    ...overrides,
  };
}

/** A complete snapshot without connections; `takenAt` now unless said. */
export function buildSnapshot({ counts, ...overrides }: Partial<Snapshot> = {}): Snapshot {
  return {
    seq: 0,
    takenAt: new Date().toISOString(),
    intervalMs: 5_000,
    netns: 0,
    counts: { ...StateCountsSchema.parse({ listen: 3, established: 10, close_wait: 0 }), ...counts },
    connections: [],
    complete: true,
    ...overrides,
  };
}

/** A connection that the snapshot taken at `at` (milliseconds) sees; it entered CLOSE_WAIT in the second before. */
export function buildConnection(socketId: string, at: number, overrides: Partial<Connection> = {}): Connection {
  return {
    socketId,
    transport: 'tcp',
    local: { address: '192.0.2.1', port: 8080 },
    peer: { address: '198.51.100.7', port: 51_234 },
    direction: 'inbound',
    openedAfter: iso(at - 1_000),
    openedBefore: iso(at),
    firstSeenAt: iso(at),
    lastSeenAt: iso(at),
    recvQueue: 1,
    sendQueue: 0,
    bytesAcked: null,
    lastSentAt: null,
    timer: null,
    acceptQueue: null,
    uid: 1_000,
    ownership: 'known',
    owners: [
      { pid: 4_711, startedAt: iso(at - 60_000), executable: '/usr/bin/node', command: 'node leak.js', descriptor: 21 },
    ],
    ...overrides,
  };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
