import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from '../agent/process-cost.ts';
import { type Figure } from '../figures.ts';
import { ClosewatchServer } from './closewatch-server.ts';
import { childrenOf } from './process-tree.ts';
import { PushLoad } from './push-load.ts';

/** More than wait at once (apps/api/src/ingest/ingest-limits.ts), each with the next push as soon as it is answered. */
const CONNECTIONS = 2_000;
const OVERLOAD_SECONDS = 15;
/** In the middle of it the database stands still for so long. */
const STOPPED_AFTER_MS = 5_000;
const STOPPED_MS = 4_000;
/** Four of these one after the other came to 529 MB, and the last two of them added nothing. */
const RESIDENT_MB = 600;
const SECONDS_AFTER = 5;

/**
 * Many times as many pushes at once as the server takes, while the database stands still for some seconds. Throws when
 * what was acknowledged is not all there, or when anything but 503 with Retry-After was answered.
 */
export async function measureOverload(): Promise<Figure[]> {
  console.error('bench ingest: overload...');
  const server = await ClosewatchServer.start();
  try {
    const load = new PushLoad(server, 0);
    await load.run(SECONDS_AFTER);
    const overload = load.run(OVERLOAD_SECONDS, CONNECTIONS);
    const stopped = stopForAWhile(server);
    const report = await overload;
    await stopped;
    const { peakMb } = memoryOf(server.pid);
    const after = await load.run(SECONDS_AFTER);
    await load.checkStored();
    return [
      { name: `overload: ${CONNECTIONS} connections, accepted`, value: report.accepted / report.seconds, unit: '/s' },
      { name: 'overload: refused with 503 and Retry-After', value: report.busy / report.seconds, unit: '/s' },
      { name: 'overload: most resident memory of the API', value: peakMb, unit: 'MB', budget: RESIDENT_MB },
      { name: 'after the overload: accepted', value: after.accepted / after.seconds, unit: 'snapshots/s' },
    ];
  } finally {
    await server.stop();
  }
}

async function stopForAWhile(server: ClosewatchServer): Promise<void> {
  await sleep(STOPPED_AFTER_MS);
  const processes = [server.postmaster, ...childrenOf(server.postmaster)];
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of processes) {
      try {
        process.kill(pid, name);
      } catch {
        // A process that has ended meanwhile.
      }
    }
  };
  signal('SIGSTOP');
  try {
    await sleep(STOPPED_MS);
  } finally {
    signal('SIGCONT');
  }
}
