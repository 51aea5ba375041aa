import { setTimeout as sleep } from 'node:timers/promises';
import { isInstalled } from '../../programs/is-installed.ts';
import { type Bench, type BenchResult, type Skipped } from '../bench.ts';
import { type Figure } from '../figures.ts';
import { ClosewatchServer } from '../ingest/closewatch-server.ts';
import { fill } from '../../fleet/filler/filler.ts';
import { prometheusBlocks } from './prometheus-blocks.ts';
import { DAY, type Dating } from './realistic-day.ts';
import { rowsOf, sizeOf } from './stored-sizes.ts';

const HOUR_MS = 3_600_000;
const STATES = 12;
/** What our notes measured for the tightest arrays; Prometheus needs 1.39 there. */
const BUDGET = 1.16;
/** apps/api/src/packing/packing.queries.ts: while we hold it, nobody packs. */
const PACKER_LOCK = 2_031_173_006;
const LONGEST_PACKING_MS = 600_000;

export const storageBench: Bench = {
  name: 'storage',
  summary: '20 hosts, 24 h, every 10 s: bytes a number on disk, before and after packing, beside Prometheus',

  async run(): Promise<BenchResult> {
    const fromMs = Math.floor((Date.now() - DAY.lastsMs - HOUR_MS) / HOUR_MS) * HOUR_MS;
    const { figures, snapshots } = await closewatch(fromMs);
    const skipped: Skipped[] = [];
    if (isInstalled('promtool')) {
      console.error('bench storage: the same for Prometheus...');
      const ours = figures.find(({ budget }) => budget !== undefined)?.value ?? NaN;
      const beat = await perNumber(fromMs, 'on the beat', snapshots);
      figures.push(
        { name: 'Prometheus, dated on the beat as its scrapes are', value: beat, unit: 'bytes a number' },
        {
          name: 'Prometheus, dated to the millisecond as packs are',
          value: await perNumber(fromMs, 'as taken', snapshots),
          unit: 'bytes a number',
        },
        { name: 'packs and rollups against the better of them', value: ours / beat, unit: 'of it' },
      );
    } else {
      skipped.push({ what: 'Prometheus', why: 'promtool is not installed' });
    }
    return { figures, skipped };
  },
};

async function perNumber(fromMs: number, dating: Dating, snapshots: number): Promise<number> {
  const { samples, bytes } = await prometheusBlocks(fromMs, dating);
  if (samples !== snapshots * STATES)
    throw new Error(`Prometheus was given ${samples} numbers of ${snapshots * STATES}`);
  return bytes / samples;
}

async function closewatch(fromMs: number): Promise<{ figures: Figure[]; snapshots: number }> {
  const server = await ClosewatchServer.start();
  try {
    await server.query(`SELECT pg_advisory_lock(${PACKER_LOCK})`);
    // Nothing is stored yet: the day is to come as rows, as it would have live, and not late.
    const from = new Date(fromMs).toISOString();
    await server.query(`UPDATE packing SET closed_until = '${from}', packed_until = '${from}'`);
    console.error('bench storage: filling...');
    const startedAt = performance.now();
    const { accepted, rejected } = await fill({
      ...DAY,
      fromMs,
      untilMs: fromMs + DAY.lastsMs,
      server: new URL(server.url),
      token: server.token,
      parallel: 2,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
    const fillSeconds = (performance.now() - startedAt) / 1_000;
    const snapshots = await rowsOf(server, 'snapshot');
    if (rejected > 0 || accepted !== snapshots)
      throw new Error(`${snapshots} of ${accepted} are rows, ${rejected} rejected`);
    const rows = await sizeOf(server, 'snapshot');
    console.error('bench storage: packing...');
    const packSeconds = await packed(server, fromMs + DAY.lastsMs);
    const packs = await sizeOf(server, 'snapshot_pack');
    const rollups = await sizeOf(server, 'snapshot_rollup');
    const numbers = snapshots * STATES;
    const figure = (name: string, bytes: number): Figure => ({
      name,
      value: bytes / numbers,
      unit: 'bytes a number',
    });
    return {
      snapshots,
      figures: [
        { name: 'snapshots stored', value: snapshots, unit: 'snapshots' },
        { name: 'filling, through the protocol', value: accepted / fillSeconds, unit: 'snapshots/s' },
        { name: 'packing', value: snapshots / packSeconds, unit: 'snapshots/s' },
        figure('rows, before packing', rows),
        figure('packs', packs),
        figure('rollups', rollups),
        { ...figure('packs and rollups', packs + rollups), budget: BUDGET },
        { name: 'packs and rollups, a host and day', value: (packs + rollups) / DAY.hosts / 1024, unit: 'KiB' },
        {
          name: 'process tables, a host and day',
          value: (await sizeOf(server, 'process_pack')) / DAY.hosts / 1024,
          unit: 'KiB',
        },
        {
          name: 'port pressure, a host and day',
          value: (await sizeOf(server, 'port_pack')) / DAY.hosts / 1024,
          unit: 'KiB',
        },
      ],
    };
  } finally {
    await server.stop();
  }
}

/** Has the server pack everything before `untilMs`; returns the seconds it took. */
async function packed(server: ClosewatchServer, untilMs: number): Promise<number> {
  const startedAt = performance.now();
  await server.query(`SELECT pg_advisory_unlock(${PACKER_LOCK})`);
  await server.query(`SELECT graphile_worker.add_job('pack', job_key := 'pack')`);
  for (;;) {
    const [row] = await server.query<{ done: boolean }>(
      `SELECT packed_until >= '${new Date(untilMs).toISOString()}' AS done FROM packing`,
    );
    if (row?.done === true) break;
    if (performance.now() - startedAt > LONGEST_PACKING_MS) throw new Error('packing does not come to an end');
    await sleep(100);
  }
  return (performance.now() - startedAt) / 1_000;
}
