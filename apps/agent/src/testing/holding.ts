import { type Owner } from '@closewatch/protocol';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { describeProcess, readStat } from '../processes/process-description.ts';
import { type Sampled } from '../sampling/collector.ts';
import { leak, tableOf } from './tables.ts';

const REALM = { bootId: '0539cfd7-52cc-4992-9ba6-baeee051f796', namespaceInode: 4_026_531_840 };

/** A socket that is said to be held by these. */
export interface Held {
  readonly owners: readonly Owner[];
  readonly recvQueue?: number;
}

/** A process that runs, as an owner of descriptor 7. */
export function ownerOf(pid: number, procRoot: string, bootedAtMs: number): Owner {
  const stat = readStat(procRoot, pid);
  if (stat === undefined) throw new Error(`no process ${pid}`);
  return { ...describeProcess(procRoot, pid, stat, bootedAtMs), descriptor: 7 };
}

/** Samples in which CLOSE_WAIT sockets are held by whom a test says, confirmed from the first on. */
export function sampledWith(...held: readonly Held[]): Sampled {
  const tracker = new LeakTracker(
    REALM,
    (ms) => new Date(ms).toISOString(),
    () => false,
  );
  const table = tableOf(...held.map(({ recvQueue = 1 }, index) => leak({ cookie: String(index + 1), recvQueue })));
  for (const at of [0, 5_000]) tracker.observe({ startedAt: at, takenAt: at, table });
  for (const [index, tracked] of [...tracker.open()].entries()) tracked.owners = held[index]?.owners ?? [];
  return { startedAt: 5_000, takenAt: 5_000, table, tracker, trackers: [tracker] };
}
