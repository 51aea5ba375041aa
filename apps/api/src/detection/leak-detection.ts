import { detectLeak, emptyLeakWindow, type LeakSubject, type Thresholds } from '@closewatch/socket-states';
import { type HostDetection } from './host-detection.ts';
import { serviceName } from './leak-subject.ts';
import { type LeakWindows } from './leak-windows.ts';
import { type SeenLeak } from './seen-leak.ts';

/** What is known of when a service started; milliseconds since the epoch. */
export interface KnownStart {
  /** Forwards is positive: processes are dated by their host's clock, all else by the server's. */
  readonly clockOffsetMs: number;
  /** As the agent told of a restart. */
  readonly toldAt: number | null;
}

/** What the leak rule says of a key that is seen, at an instant (milliseconds). */
export function leakDetection(
  leak: SeenLeak,
  windows: LeakWindows,
  at: number,
  thresholds: Pick<Thresholds, 'leak'>,
  { clockOffsetMs, toldAt }: KnownStart,
): HostDetection {
  const restartedAt = latest(toldAt, startedAt(leak, clockOffsetMs));
  const window = windows.windowOf(leak.key) ?? emptyLeakWindow(0);
  const circumstances = { finding: leak.finding, acceptQueue: leak.acceptQueue, restartedAt };
  return {
    detection: { rule: 'leak', key: leak.key, ...detectLeak(window, circumstances, at, thresholds.leak) },
    ...named(leak.subject),
    finding: leak.finding,
    restartedAt,
    leak,
  };
}

/** The same of a key of which the newest snapshot shows nothing. */
export function absentLeakDetection(
  key: string,
  subject: LeakSubject,
  windows: LeakWindows,
  at: number,
  thresholds: Pick<Thresholds, 'leak'>,
  restartedAt: number | null,
): HostDetection {
  const window = windows.windowOf(key) ?? emptyLeakWindow(0);
  const circumstances = { finding: null, acceptQueue: null, restartedAt };
  return {
    detection: { rule: 'leak', key, ...detectLeak(window, circumstances, at, thresholds.leak) },
    ...named(subject),
    finding: null,
    restartedAt,
    leak: null,
  };
}

function named(subject: LeakSubject): Pick<HostDetection, 'netns' | 'subject' | 'service'> {
  return { netns: subject.netns, subject: { of: 'leak', ...subject }, service: serviceName(subject) };
}

/** Of a service that is one process its start is that of the service; of several, workers may come and go. */
function startedAt({ processes, oldestAt }: SeenLeak, clockOffsetMs: number): number | null {
  const [process, ...others] = processes;
  if (others.length > 0 || process === undefined || process.startedAt === null) return null;
  // A clock may have been set since the process was dated: it is no younger than what it holds.
  return Math.min(Date.parse(process.startedAt) - clockOffsetMs, oldestAt ?? Infinity);
}

function latest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
