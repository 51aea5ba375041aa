import { detectLeak, emptyLeakWindow, type LeakSubject, type Thresholds } from '@closewatch/socket-states';
import { type HostDetection } from './host-detection.ts';
import { serviceName } from './leak-subject.ts';
import { type LeakWindows } from './leak-windows.ts';
import { type SeenLeak } from './seen-leak.ts';

/** What the leak rule says of a key that is seen, at an instant (milliseconds). */
export function leakDetection(
  leak: SeenLeak,
  windows: LeakWindows,
  at: number,
  thresholds: Pick<Thresholds, 'leak'>,
  toldRestartAt: number | null = null,
): HostDetection {
  const restartedAt = latest(toldRestartAt, startedAt(leak));
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
function startedAt({ processes }: SeenLeak): number | null {
  const [process, ...others] = processes;
  return others.length > 0 || process === undefined ? null : instantOf(process.startedAt);
}

const instantOf = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));

function latest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
