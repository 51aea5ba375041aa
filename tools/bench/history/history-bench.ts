import { type Bench, type BenchResult, type Skipped } from '../bench.ts';
import { type Figure } from '../figures.ts';
import { ClosewatchServer } from '../ingest/closewatch-server.ts';
import { type Filled, fillHistory } from './filler.ts';
import { HistoryReader, rangeOf } from './history-reader.ts';
import { latencyFigures, type Latencies, measureLatencies } from './latencies.ts';
import { PrometheusServer } from './prometheus-server.ts';

const DAY_MS = 86_400_000;
const POINTS = 500;
const STATES = 12;
const HOSTS = 1_000;
const LIFETIMES = 1_000_000;
const HOURS = 12;
const DAYS = 30;
const BUDGET_MS = 100;

export const historyBench: Bench = {
  name: 'history',
  summary: 'reading a month back: series, the fleet, connections and search as of an instant, beside Prometheus',

  async run(): Promise<BenchResult> {
    const peer = PrometheusServer.isInstalled() ? new PrometheusServer() : undefined;
    const skipped: Skipped[] =
      peer === undefined ? [{ what: 'Prometheus', why: 'not installed here (Debian: prometheus)' }] : [];
    const server = await ClosewatchServer.start();
    try {
      console.error('bench history: filling...');
      const plan = { hosts: HOSTS, hours: HOURS, days: DAYS, lifetimes: LIFETIMES };
      const openMetricsFile = peer?.samplesFile ?? '';
      const filled = await fillHistory(server.databaseUrl, { ...plan, openMetricsFile });
      const reader = new HistoryReader(server.url, await server.signIn(), filled);
      console.error('bench history: Closewatch...');
      const day = await measureLatencies((round) => reader.series(DAY_MS, round));
      const month = await measureLatencies((round) => reader.series(DAYS * DAY_MS, round));
      const figures: Figure[] = [
        ...latencyFigures('a host, 24 h to 500 points', day, BUDGET_MS),
        ...latencyFigures('a host, 30 days to 500 points', month, BUDGET_MS),
        ...latencyFigures(
          'fleet of 1,000 hosts as of an instant',
          await measureLatencies((round) => reader.fleet(round)),
          BUDGET_MS,
        ),
        ...latencyFigures(
          'connections of a host as of an instant, of 1,000,000 lifetimes',
          await measureLatencies((round) => reader.connections(round)),
          BUDGET_MS,
        ),
        ...latencyFigures(
          'search by peer in 1,000,000 lifetimes',
          await measureLatencies((round) => reader.search(round)),
          BUDGET_MS,
        ),
      ];
      if (peer !== undefined) {
        console.error('bench history: Prometheus...');
        await peer.start();
        figures.push(...(await besides(peer, filled, 'a host, 24 h', DAY_MS, day)));
        figures.push(...(await besides(peer, filled, 'a host, 30 days', DAYS * DAY_MS, month)));
      }
      return { figures, skipped };
    } finally {
      await peer?.stop();
      await server.stop();
    }
  },
};

/** How long Prometheus takes for the same range, and Closewatch's part of that. */
async function besides(
  peer: PrometheusServer,
  filled: Filled,
  name: string,
  rangeMs: number,
  { p50Ms }: Latencies,
): Promise<Figure[]> {
  const stepMs = Math.ceil(rangeMs / POINTS / 1_000) * 1_000;
  const ask = (query: string, round: number): Promise<void> => {
    const { from, to } = rangeOf(filled, rangeMs, round);
    return peer.queryRange(query, from, to, stepMs, STATES);
  };
  const last = await measureLatencies((round) => ask('tcp_sockets', round));
  const extents = await measureLatencies(async (round) => {
    const of = ['min', 'avg', 'max'].map((extent) => `${extent}_over_time(tcp_sockets[${stepMs / 1_000}s])`);
    await Promise.all(of.map((query) => ask(query, round)));
  });
  const against = (what: string, peerMs: number): Figure => ({
    name: `${name}: against Prometheus, ${what}`,
    value: p50Ms / peerMs,
    unit: 'of its median',
    budget: 1,
  });
  return [
    ...latencyFigures(`Prometheus, ${name}: one value a step`, last),
    ...latencyFigures(`Prometheus, ${name}: least, mean, greatest of each step`, extents),
    against('one value a step', last.p50Ms),
    against('least, mean, greatest', extents.p50Ms),
  ];
}
