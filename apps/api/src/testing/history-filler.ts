import { open } from 'node:fs/promises';
import pg from 'pg';
import { createPartition, type PartitionedTable, partitionOf } from '../database/partitions.queries.ts';
import { fillHosts, fillLifetimes, withoutIndexes } from './filled-hosts.queries.ts';
import { type FilledHour, randomHours, storeHours, storeRows, writeOpenMetrics } from './filled-hours.ts';

/**
 * A program for benchmarks: fills the empty database of a running server with history, as if it had been kept. Its arguments: the
 * database's URL and a plan; says what it filled, as JSON. Host 1 has `days` of snapshots, the others `hours`; lifetimes are of all.
 */
interface Plan {
  readonly hosts: number;
  readonly hours: number;
  readonly days: number;
  readonly lifetimes: number;
  /** The snapshots of host 1 once more, for Prometheus; left out when empty. */
  readonly openMetricsFile: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BATCH = 240;

const [, , databaseUrl = '', words = '{}'] = process.argv;
const { hosts, hours, days, lifetimes, openMetricsFile } = JSON.parse(words) as Plan;
const now = Date.now();
/** As the packer leaves it: whole hours, a quarter of an hour ago. */
const packedUntil = Math.floor((now - 900_000) / HOUR_MS) * HOUR_MS;
const from = packedUntil - days * DAY_MS;

const client = new pg.Client({ connectionString: databaseUrl, options: '-c TimeZone=UTC -c synchronous_commit=off' });
await client.connect();
const sql = {
  query: async <Rows>(text: string, values?: unknown[]): Promise<Rows> =>
    (await client.query(text, values)).rows as Rows,
};
try {
  await client.query('UPDATE packing SET closed_until = $1, packed_until = $1', [new Date(packedUntil)]);
  const tables: PartitionedTable[] = ['snapshot', 'snapshot_pack', 'snapshot_rollup', 'connection_ended'];
  for (const table of tables) {
    const firsts = Array.from({ length: days + 2 }, (_, day) => partitionOf(table, from + day * DAY_MS));
    for (const first of new Set(firsts)) await createPartition(sql, table, first);
  }
  const ids = await fillHosts(sql, hosts, from);
  await fillSnapshots();
  const snapshotsAt = performance.now();
  await withoutIndexes(sql, ['connection_ended', 'connection_open'], () =>
    fillLifetimes(sql, lifetimes, hosts, from, now),
  );
  const lifetimesAt = performance.now();
  // As autovacuum would; there is nothing to clean in indexes.
  await client.query('VACUUM (ANALYZE, INDEX_CLEANUP OFF)');
  const seconds = [snapshotsAt, lifetimesAt - snapshotsAt, performance.now() - lifetimesAt].map((ms) =>
    Math.round(ms / 1_000),
  );
  console.error(`filled in seconds: snapshots ${seconds[0]}, lifetimes ${seconds[1]}, vacuum ${seconds[2]}`);
  process.stdout.write(`${JSON.stringify({ id: ids.get(1), from, packedUntil, to: now })}\n`);
} finally {
  await client.end();
}

async function fillSnapshots(): Promise<void> {
  const file = openMetricsFile === '' ? undefined : await open(openMetricsFile, 'w');
  await file?.write('# TYPE tcp_sockets gauge\n');
  let batch: FilledHour[] = [];
  for (let hostId = 1; hostId <= hosts; hostId++) {
    const since = hostId === 1 ? from : packedUntil - hours * HOUR_MS;
    for (const filled of randomHours(hostId, since, packedUntil + 2 * HOUR_MS)) {
      if (filled.hour >= packedUntil) {
        // Of most hosts no more than is needed to see them as they are now.
        const rowsFrom = hostId === 1 ? packedUntil : now - 60_000;
        await storeRows(sql, filled, rowsFrom, now);
        continue;
      }
      if (hostId === 1 && file !== undefined) await writeOpenMetrics(file, filled);
      batch.push(filled);
      if (batch.length < BATCH) continue;
      await storeHours(sql, batch);
      batch = [];
    }
  }
  if (batch.length > 0) await storeHours(sql, batch);
  await file?.write('# EOF\n');
  await file?.close();
}
