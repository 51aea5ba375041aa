import {
  type Orphan,
  type Orphans,
  type Ports,
  type Process,
  type ProcessEvidence,
  type ProcessTable,
} from '@closewatch/protocol';
import { iso } from './push-builder.ts';

const STARTED_AT = iso(1_700_000_000_000);

export function buildProcess(pid: number, overrides: Partial<Process> = {}): Process {
  return { pid, startedAt: STARTED_AT, executable: '/usr/bin/java', command: `java -jar ${pid}.jar`, ...overrides };
}

/** A healthy process that has read the end of three connections and does not close them. */
export function buildEvidence(process: Process, overrides: Partial<ProcessEvidence> = {}): ProcessEvidence {
  return {
    process,
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

/** So many orphans, of which one is listed at most. */
export function buildOrphans(count: number, overrides: Partial<Orphan> = {}): Orphans {
  const owner = { ...buildProcess(4_711), descriptor: 21 };
  const orphan = { socketId: 'socket-orphan', orphanedAt: STARTED_AT, owners: [owner], ...overrides };
  return { count, items: count === 0 ? [] : [orphan] };
}

export function buildProcessTable(processes: readonly Process[], overrides: Partial<ProcessTable> = {}): ProcessTable {
  const items = processes.map((process) => ({
    process,
    counts: { established: 4, close_wait: 3 },
    descriptors: { used: 90, limit: 1_024 },
  }));
  return { items, others: 0, unowned: 0, ...overrides };
}

/** One destination, towards which so many ports are used. */
export function buildPorts(used: number): Ports {
  const peer = { address: '198.51.100.7', port: 443 };
  return {
    range: { low: 32_768, high: 60_999, reserved: 0 },
    destinations: [{ localAddress: '192.0.2.1', peer, used, timeWait: 0, available: 28_232 }],
    destinationCount: 1,
    closesPerSecond: 1.5,
    timeWait: { count: 90, max: 131_072 },
  };
}
