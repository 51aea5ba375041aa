import { type Bench, type BenchResult, type Skipped } from '../bench.ts';
import { type Figure } from '../figures.ts';
import { ClosewatchServer } from './closewatch-server.ts';
import { InfluxServer } from './influx-server.ts';
import { measureOverload } from './overload.ts';
import { HOSTS, PushLoad } from './push-load.ts';
import { type LoadReport, requireWrk, runWrk, THREADS } from './wrk-load.ts';

/** Until V8 has compiled what is hot. */
const WARM_UP_SECONDS = 20;
const SECONDS = 30;
const LEAST_PER_SECOND = 4_000;
/** Of the mixed load, one host in so many has connections in CLOSE_WAIT. */
const LEAKING = 10;

export const ingestBench: Bench = {
  name: 'ingest',
  summary: 'pushes a second, each of one snapshot, answered after its commit, beside InfluxDB (needs wrk)',

  async run(words): Promise<BenchResult> {
    requireWrk();
    const seconds = words[0] === undefined ? SECONDS : Number(words[0]);
    const figures: Figure[] = [];
    const skipped: Skipped[] = [];
    const counts = await measureCloseWatch('counts', 0, seconds);
    const mixed = await measureCloseWatch('one host in ten leaks', LEAKING, seconds);
    figures.push(...counts.figures, ...mixed.figures, ...(await measureOverload()));
    if (InfluxServer.isInstalled()) {
      const influx = await measureInflux(seconds);
      figures.push(...influx.figures, {
        name: 'counts: against InfluxDB',
        value: counts.perSecond / influx.perSecond,
        unit: 'of its rate',
        least: 1,
      });
    } else skipped.push({ what: 'InfluxDB', why: 'not installed here (Debian: influxdb)' });
    return { figures, skipped };
  },
};

interface Measured {
  readonly perSecond: number;
  readonly figures: readonly Figure[];
}

async function measureCloseWatch(name: string, leaking: number, seconds: number): Promise<Measured> {
  console.error(`bench ingest: Closewatch, ${name}...`);
  const server = await ClosewatchServer.start();
  try {
    const load = new PushLoad(server, leaking);
    await load.run(Math.min(seconds, WARM_UP_SECONDS));
    const before = server.cpuMs();
    const report = await load.run(seconds);
    const after = server.cpuMs();
    await load.checkStored();
    const perSecond = report.accepted / report.seconds;
    const microseconds = (ms: number): number => (1_000 * ms) / report.accepted;
    return {
      perSecond,
      figures: [
        { name: `${name}: accepted`, value: perSecond, unit: 'snapshots/s', least: LEAST_PER_SECOND },
        ...latencies(name, report),
        { name: `${name}: CPU of the API`, value: microseconds(after.api - before.api), unit: 'µs a snapshot' },
        {
          name: `${name}: CPU of PostgreSQL`,
          value: microseconds(after.postgres - before.postgres),
          unit: 'µs a snapshot',
        },
        { name: `${name}: CPU of wrk`, value: microseconds(report.cpuMs), unit: 'µs a snapshot' },
      ],
    };
  } finally {
    await server.stop();
  }
}

async function measureInflux(seconds: number): Promise<Measured> {
  console.error('bench ingest: InfluxDB...');
  const server = await InfluxServer.start();
  try {
    const words = [HOSTS, THREADS];
    const warmUp = await runWrk(server.writeUrl, 'lines', words, Math.min(seconds, WARM_UP_SECONDS));
    const before = server.cpuMs();
    const report = await runWrk(server.writeUrl, 'lines', words, seconds);
    const cpuMs = server.cpuMs() - before;
    const stored = await server.points();
    const accepted = warmUp.accepted + report.accepted;
    if (stored < accepted) throw new Error(`InfluxDB has stored ${stored} of ${accepted} lines`);
    const perSecond = report.accepted / report.seconds;
    return {
      perSecond,
      figures: [
        { name: 'InfluxDB: accepted', value: perSecond, unit: 'lines/s' },
        ...latencies('InfluxDB', report),
        { name: 'InfluxDB: CPU of it', value: (1_000 * cpuMs) / report.accepted, unit: 'µs a line' },
        { name: 'InfluxDB: CPU of wrk', value: (1_000 * report.cpuMs) / report.accepted, unit: 'µs a line' },
      ],
    };
  } finally {
    await server.stop();
  }
}

function latencies(name: string, { p50Ms, p99Ms }: LoadReport): Figure[] {
  return [
    { name: `${name}: latency, median`, value: p50Ms, unit: 'ms' },
    { name: `${name}: latency, 99th percentile`, value: p99Ms, unit: 'ms' },
  ];
}
