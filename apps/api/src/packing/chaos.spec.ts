import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrate } from '../database/data-source.ts';
import { EmbeddedServer } from '../database/embedded-server.ts';
import { readSnapshots } from '../testing/whole-series.ts';
import { ApiProcess } from '../testing/api-process.ts';
import { ChaosAgent, established } from '../testing/chaos-agent.ts';
import { readPackingState } from './packing.queries.ts';
import { unpackSnapshots } from './snapshot-pack.ts';
import { rollUp } from './snapshot-rollup.ts';

/** More of them: CLOSEWATCH_CHAOS_ROUNDS=50 npm test -- chaos. */
const ROUNDS = Number(process.env.CLOSEWATCH_CHAOS_ROUNDS ?? 10);
const ROUND_LIMIT_MS = 20_000;
const AGENTS = 3;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const KINDS = ['database', 'api', 'api', 'database', 'both'] as const;

let folder: string;
let server: EmbeddedServer;
let dataSource: DataSource;
let api: ApiProcess;
let url = '';
let token = '';
let aheadMs = 0;
/** Rejects when the API ends although nobody has killed it. */
let ended: Promise<never>;
const killed = new Set<ApiProcess>();
const agents = Array.from({ length: AGENTS }, () => new ChaosAgent(() => ({ url, token })));
const hostIds = new Map<ChaosAgent, number>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-chaos-'));
  await chmod(folder, 0o755);
  server = await EmbeddedServer.start(folder);
  await migrate(server.databaseUrl);
  dataSource = await new DataSource(dataSourceOptions(server.databaseUrl)).initialize();
  await setClock(0);
  await startApi();
});

afterAll(async () => {
  if (api !== undefined) await endApi();
  await dataSource?.destroy();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function setClock(ms: number): Promise<void> {
  aheadMs = ms;
  await writeFile(join(folder, 'clock.new'), String(ms));
  await rename(join(folder, 'clock.new'), join(folder, 'clock'));
}

const now = (): number => Date.now() + aheadMs;

async function endApi(): Promise<void> {
  killed.add(api);
  await api.end('SIGKILL');
}

async function startApi(): Promise<void> {
  const environment = { DATABASE_URL: server.databaseUrl };
  api = new ApiProcess(folder, environment, { program: 'clocked-server.js', arguments: [join(folder, 'clock')] });
  const started = api;
  ended = started.exitCode().then((code) => {
    if (killed.has(started)) return new Promise<never>(() => undefined);
    throw new Error(`The API ended with ${code}: ${started.errors}`);
  });
  ended.catch(() => undefined);
  url = (await api.ready()).origin;
  token = await api.token();
}

/** Tries until the database is there. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 400) throw error;
      await sleep(25);
    }
  }
}

const query = <Rows>(text: string, values: unknown[] = []): Promise<Rows> =>
  patiently(() => dataSource.query<Rows>(text, values));

async function hostIdOf(agent: ChaosAgent): Promise<number> {
  const known = hostIds.get(agent);
  if (known !== undefined) return known;
  const rows = await query<{ id: number }[]>('SELECT host_id AS id FROM host WHERE agent_id = $1', [
    agent.push.agentId,
  ]);
  const id = rows[0]?.id ?? 0;
  if (id !== 0) hostIds.set(agent, id);
  return id;
}

/** Instants of the next push: mostly of now, some of hours ago, some said before. */
function instantsOf(agent: ChaosAgent): number[] {
  const count = 1 + Math.floor(Math.random() * 8);
  const instants = new Set<number>();
  while (instants.size < count) {
    const ageMs = Math.random() < 0.3 ? Math.random() * 9 * HOUR_MS : Math.random() * 2 * MINUTE_MS;
    instants.add(Math.floor(now() - ageMs));
  }
  const before = [...agent.sent];
  if (before.length > 0 && Math.random() < 0.2) instants.add(before[Math.floor(Math.random() * before.length)] ?? 0);
  return [...instants];
}

/** Everything that was acknowledged, once, as it was told; nothing that was never sent. */
async function expectSeries(agent: ChaosAgent): Promise<void> {
  const hostId = await hostIdOf(agent);
  const expected = [...agent.acknowledged];
  const range = { hostId, netns: 0, from: 0, to: now() + HOUR_MS };
  const { takenAt, counts } = await patiently(() => readSnapshots(dataSource.manager, range));
  const found = new Set(takenAt);
  expect(found.size).toBe(takenAt.length);
  expect(expected.filter((at) => !found.has(at))).toEqual([]);
  expect([...found].filter((at) => !agent.sent.has(at))).toEqual([]);
  expect(Array.from(counts.established)).toEqual(Array.from(takenAt, established));
}

/** How often each snapshot is stored, wherever that is. */
async function expectStoredOnce(): Promise<void> {
  const rows = await query<{ hostId: number; stored: number }[]>(
    `SELECT host_id AS "hostId", sum(samples)::integer AS stored
       FROM (SELECT host_id, samples FROM snapshot_pack WHERE hour < (SELECT packed_until FROM packing)
             UNION ALL SELECT host_id, 1 FROM snapshot_late
             UNION ALL SELECT host_id, 1 FROM snapshot WHERE taken_at >= (SELECT packed_until FROM packing)) AS kept
      GROUP BY host_id`,
  );
  const stored = new Map(rows.map((row) => [row.hostId, row.stored]));
  for (const agent of agents) expect(stored.get(await hostIdOf(agent))).toBe(agent.acknowledged.size);
}

/** Each rollup says what its pack holds. */
async function expectRollups(): Promise<void> {
  const rows = await query<{ hour: Date; runIds: string[]; content: Buffer; measured: number[]; greatest: number[] }[]>(
    `SELECT hour, run_ids AS "runIds", content, measured, greatest
       FROM snapshot_pack JOIN snapshot_rollup USING (host_id, netns_id, hour)`,
  );
  for (const { hour, runIds, content, measured, greatest } of rows) {
    expect(rollUp(unpackSnapshots(hour.getTime(), runIds, content))).toMatchObject({ measured, greatest });
  }
}

async function isAllPacked(): Promise<boolean> {
  const { closedUntil, packedUntil } = await patiently(() => readPackingState(dataSource.manager));
  const [late] = await query<{ n: number }[]>('SELECT count(*)::integer AS n FROM snapshot_late WHERE taken_at < $1', [
    new Date(packedUntil),
  ]);
  return closedUntil === packedUntil && late?.n === 0;
}

/** Has the server pack, as cron does. */
async function addJob(): Promise<void> {
  await query("SELECT graphile_worker.add_job('pack', job_key => 'pack')");
}

async function kill(kind: (typeof KINDS)[number]): Promise<void> {
  if (kind !== 'api') {
    const pid = await server.pid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  if (kind !== 'database') {
    await endApi();
    await startApi();
  }
}

describe('snapshots', () => {
  it(
    `are there once, and in every series, after ${ROUNDS} rounds of killing the API and PostgreSQL while they store and pack`,
    async () => {
      let cutOff = 0;
      for (let round = 0; round < ROUNDS; round++) {
        await setClock(aheadMs + (1 + Math.random() * 2) * HOUR_MS);
        let going = true;
        const pushing = agents.map(async (agent) => {
          while (going) await agent.tell(instantsOf(agent));
        });
        const reading = (async () => {
          while (going) {
            for (const agent of agents) if (agent.acknowledged.size > 0) await expectSeries(agent);
            await sleep(10);
          }
        })();
        await sleep(Math.random() * 200);
        await addJob();
        await sleep(Math.random() * 150);
        await kill(KINDS[round % KINDS.length] ?? 'both');
        if (!(await isAllPacked())) cutOff++;
        await sleep(Math.random() * 200);
        going = false;
        await Promise.race([Promise.all([...pushing, reading]), ended]);
        for (const agent of agents) await expectSeries(agent);
        await expectStoredOnce();
      }
      // Undisturbed at last, it packs all of it, and nobody sees a difference.
      await setClock(aheadMs + 2 * HOUR_MS);
      await addJob();
      while (!(await isAllPacked())) await sleep(50);
      for (const agent of agents) await expectSeries(agent);
      await expectStoredOnce();
      await expectRollups();
      expect(agents.flatMap(({ faults }) => faults)).toEqual([]);
      const snapshots = agents.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
      process.stdout.write(`chaos: ${ROUNDS} rounds, ${cutOff} with packing cut off, ${snapshots} snapshots\n`);
      expect(cutOff).toBeGreaterThan(0);
    },
    ROUNDS * ROUND_LIMIT_MS,
  );
});
