import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type BenchResult } from '../bench.ts';
import { memoryOf } from '../agent/process-cost.ts';
import { ClosewatchServer } from '../ingest/closewatch-server.ts';
import { PushLoad } from '../ingest/push-load.ts';
import { requireWrk } from '../ingest/wrk-load.ts';
import { HeapMonitor } from './heap-monitor.ts';
import { slopeOf } from './slope.ts';

const MINUTES = 20;
const EVERY_MS = 10_000;
/** A short run at full speed says what half of it is. */
const FULL_SPEED_SECONDS = 15;
/** The load runs in stretches, so that agents connect anew now and then. */
const STRETCH_SECONDS = 60;
const MOST_MB_A_MINUTE = 1;
/** One host in ten leaks. */
const LEAKING = 10;

interface Sample {
  readonly minutes: number;
  readonly residentMb: number;
  readonly heapMb: number;
}

export const memoryBench: Bench = {
  name: 'memory',
  summary: 'memory of the API at half its greatest rate of pushes, 20 minutes or --minutes N (needs wrk)',

  async run(words): Promise<BenchResult> {
    requireWrk();
    const minutes = minutesIn(words);
    const monitor = new HeapMonitor();
    const server = await ClosewatchServer.start(monitor.nodeWords, monitor.environment);
    try {
      const load = new PushLoad(server, LEAKING);
      await load.run(FULL_SPEED_SECONDS);
      const full = await load.run(FULL_SPEED_SECONDS);
      const rate = full.accepted / full.seconds / 2;
      console.error(`bench memory: ${Math.round(rate)} pushes a second for ${minutes} minutes...`);
      const { samples, accepted } = await sampled(server, monitor, load, rate, minutes);
      await load.checkStored();
      const later = samples.filter((sample) => sample.minutes >= minutes / 2);
      const first = later[0];
      const last = later.at(-1);
      if (first === undefined || last === undefined) throw new Error('no sample was taken');
      return {
        figures: [
          { name: 'pushes', value: accepted / (60 * minutes), unit: '/s' },
          { name: 'resident memory at half time', value: first.residentMb, unit: 'MB' },
          { name: 'resident memory at the end', value: last.residentMb, unit: 'MB' },
          {
            name: 'resident memory, growth in the second half',
            value: slopeOf(later.map((sample) => [sample.minutes, sample.residentMb])),
            unit: 'MB a minute',
            budget: MOST_MB_A_MINUTE,
          },
          { name: 'heap in use, least of the third quarter', value: leastHeap(samples, minutes, 2), unit: 'MB' },
          { name: 'heap in use, least of the last quarter', value: leastHeap(samples, minutes, 3), unit: 'MB' },
        ],
        skipped: [],
      };
    } finally {
      await server.stop();
      monitor.close();
    }
  },
};

/** What is left between collections goes up and down; the least of some minutes is what is kept. */
function leastHeap(samples: readonly Sample[], minutes: number, quarter: number): number {
  const quarterOf = (sample: Sample): number => Math.min(3, Math.floor((4 * sample.minutes) / minutes));
  return Math.min(...samples.filter((sample) => quarterOf(sample) === quarter).map(({ heapMb }) => heapMb));
}

function minutesIn(words: readonly string[]): number {
  const given = words[words.indexOf('--minutes') + 1];
  const minutes = words.includes('--minutes') ? Number(given) : MINUTES;
  if (!(minutes > 0)) throw new Error('--minutes takes a number');
  return minutes;
}

async function sampled(
  server: ClosewatchServer,
  monitor: HeapMonitor,
  load: PushLoad,
  rate: number,
  minutes: number,
): Promise<{ samples: Sample[]; accepted: number }> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const since = (): number => (performance.now() - startedAt) / 60_000;
  let running = true;
  const sampling = (async () => {
    while (running) {
      const { residentMb } = memoryOf(server.pid);
      samples.push({ minutes: since(), residentMb, heapMb: await monitor.heapMb(server.pid) });
      await sleep(EVERY_MS);
    }
  })();
  let accepted = 0;
  try {
    while (since() < minutes) {
      const report = await load.run(Math.min(STRETCH_SECONDS, Math.ceil(60 * (minutes - since()))), undefined, rate);
      accepted += report.accepted;
    }
  } finally {
    running = false;
    await sampling;
  }
  return { samples, accepted };
}
