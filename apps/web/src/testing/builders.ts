import type { ConnectionItem, Host, HostDetails, NamespaceItem, ProcessEvidence } from '@closewatch/protocol';
import { emptyTally } from '@closewatch/socket-states';

export const AT = '2026-11-22T12:00:00.000Z';
export const AT_MS = Date.parse(AT);
export const HOST_ID = '0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d';

export function host(overrides: Partial<Host> = {}): Host {
  return {
    id: HOST_ID,
    hostname: 'web-1',
    labels: {},
    firstSeenAt: AT,
    lastSeenAt: AT,
    status: 'live',
    intervalMs: 5_000,
    counts: emptyTally(),
    closeWait: { count: 0, aged: 0, oldestSeconds: null, orphaned: 0 },
    agent: {
      version: '0.1.0',
      machineId: 'm',
      kernel: '6.18',
      source: 'netlink',
      capabilities: [],
      missing: [],
      clockOffsetMs: 0,
      bootId: HOST_ID,
      runId: HOST_ID,
    },
    ...overrides,
  };
}

export function connection(overrides: Partial<ConnectionItem> = {}): ConnectionItem {
  return {
    socketId: 'socket-00000001',
    transport: 'tcp',
    local: { address: '10.0.0.1', port: 8080 },
    peer: { address: '10.0.0.2', port: 40_000 },
    direction: 'inbound',
    openedAfter: null,
    openedBefore: AT,
    firstSeenAt: AT,
    lastSeenAt: AT,
    recvQueue: 0,
    sendQueue: 0,
    bytesAcked: null,
    lastSentAt: null,
    timer: null,
    acceptQueue: null,
    uid: 1_000,
    ownership: 'none',
    owners: [],
    ageSeconds: { atLeast: 0, atMost: null },
    verdict: null,
    ...overrides,
  };
}

export function details(overrides: Partial<HostDetails> = {}): HostDetails {
  return {
    namespaces: [],
    evidence: null,
    orphans: null,
    pressureStall: null,
    processes: null,
    ports: null,
    kernel: null,
    ...overrides,
  };
}

export function namespace(overrides: Partial<NamespaceItem> = {}): NamespaceItem {
  const { counts, closeWait } = host();
  return {
    id: 1,
    inode: 4_026_532_281,
    name: 'shop',
    containerId: null,
    lastSeenAt: AT,
    intervalMs: 30_000,
    counts,
    closeWait,
    ...overrides,
  };
}

export function evidence(pid: number, overrides: Partial<ProcessEvidence> = {}): ProcessEvidence {
  return {
    process: { pid, startedAt: AT, executable: '/usr/bin/java', command: 'java -jar orders.jar' },
    uid: 1_000,
    closeWait: 3,
    unread: 0,
    orphaned: 0,
    windowMs: 5_000,
    threads: { total: 12, looked: 12 },
    waits: [{ state: 'S', wchan: 'ep_poll', syscall: 'epoll_wait', threads: 12 }],
    polledAgoMs: 40,
    watchedMs: 60_000,
    cpu: { runMsPerSecond: 3.5, runQueueWaitMsPerSecond: 0.2 },
    throttling: null,
    descriptors: { used: 90, limit: 1_024 },
    missing: [],
    ...overrides,
  };
}

export function ownedBy(executable: string, pid: number, command = executable): Partial<ConnectionItem> {
  return { ownership: 'known', owners: [{ pid, startedAt: AT, executable, command, descriptor: 7 }] };
}
