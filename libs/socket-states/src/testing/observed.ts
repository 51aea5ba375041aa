import { type ObservedProcess, type ObservedSocket } from '../verdicts/observed.ts';

/** The instant of all observations of the specs. */
export const AT = Date.parse('2026-11-22T12:00:00.000Z');
export const ago = (ms: number): string => new Date(AT - ms).toISOString();

const MINUTE = 60_000;

/** One that was accepted, read to its end and forgotten ten minutes ago by process 100. */
export function observedSocket(differences: Partial<ObservedSocket> = {}): ObservedSocket {
  return {
    direction: 'inbound',
    openedBefore: ago(10 * MINUTE),
    recvQueue: 0,
    sendQueue: 0,
    bytesAcked: 120,
    lastSentAt: ago(10 * MINUTE + 20),
    timer: { kind: 'none', retries: 0 },
    acceptQueue: null,
    ownership: 'known',
    owners: [{ pid: 100, startedAt: ago(60 * MINUTE) }],
    ...differences,
  };
}

type Waits = ObservedProcess['waits'];
export const waits = (state: string, wchan: string | null, syscall: string | null, threads = 1): Waits[number] => ({
  state,
  wchan,
  syscall,
  threads,
});

/** A process of one thread that polls and has nothing to do. */
export function observedProcess(differences: Partial<ObservedProcess> = {}): ObservedProcess {
  const looks = differences.waits ?? [waits('S', 'do_epoll_wait', 'epoll_wait')];
  const total = looks.reduce((sum, { threads }) => sum + threads, 0);
  return {
    process: { pid: 100, executable: 'checkout' },
    closeWait: 5,
    unread: 0,
    orphaned: 0,
    windowMs: 5_000,
    threads: { total, looked: total },
    waits: looks,
    polledAgoMs: 0,
    watchedMs: 10 * MINUTE,
    cpu: { runMsPerSecond: 2, runQueueWaitMsPerSecond: 0.1 },
    throttling: null,
    descriptors: { used: 40, limit: 1_024 },
    missing: [],
    ...differences,
  };
}
