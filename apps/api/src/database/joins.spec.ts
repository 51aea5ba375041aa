import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenAPIObject } from '@nestjs/swagger';
import { PackingService } from '../packing/packing.service.ts';
import { NOT_DISTRIBUTED } from '../testing/distribution.ts';
import { readUniqueIndexes } from '../testing/distribution.queries.ts';
import { joinsAcrossHosts, type PlanNode } from '../testing/plan-joins.ts';
import { logPlans, readLoggedPlans } from '../testing/plan-log.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const NOW = Date.now();
const HOSTS = 3;
/** What routes ask for; those that need nothing else take these, too, if they know them. */
const ASKED: Readonly<Record<string, string>> = {
  state: 'close_wait',
  from: iso(NOW - 7_200_000),
  to: iso(NOW),
  at: iso(NOW - 1_000),
  a: iso(NOW - 60_000),
  b: iso(NOW),
  peer: '198.51.100.0/24',
  by: 'process',
};

let database: TestDatabase;
let api: TestApi;
let large: Set<string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await logPlans(database);
  api = await TestApi.start({ databaseUrl: database.url });
  const tables = await readUniqueIndexes({ query: (text) => database.query(text) as never });
  large = new Set(tables.map(({ table }) => table).filter((table) => !(table in NOT_DISTRIBUTED)));
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const isLarge = (relation: string): boolean => large.has(relation.replace(/_p\d{8}$/, ''));

/** Each host tells of connections that go on, end and are missing, now and late. Returns an id. */
async function push(): Promise<string> {
  let id = '';
  for (let host = 0; host < HOSTS; host++) {
    const told = buildPush({ snapshots: [] });
    id = told.agentId;
    for (const [seq, at] of [NOW - 60_000, NOW - 30_000, NOW - 3 * 86_400_000, NOW - 10_000].entries()) {
      const open = Array.from({ length: 3 - (seq % 2) }, (_, index) => buildConnection(`socket-${host}-${index}`, at));
      const ended = buildConnection(`socket-${host}-9`, at, { endedAt: iso(at), endedAs: 'closed' });
      const snapshot = buildSnapshot({ seq, takenAt: iso(at), connections: [...open, ended] });
      await api.pushed({ ...told, snapshots: [{ ...snapshot, events: [{ at: iso(at), kind: 'stalled', forMs: 1 }] }] });
    }
  }
  return id;
}

/** Reads every route that can be read, with all it may be asked. Returns how many there are. */
async function readAll(id: string): Promise<number> {
  const cookie = await api.signIn();
  const { body } = await api.request<OpenAPIObject>('GET', '/api/docs-json');
  const routes = Object.entries(body.paths).filter(
    ([path, { get }]) => path.startsWith('/api/v1') && get !== undefined,
  );
  for (const [path, { get }] of routes) {
    const known = (get?.parameters ?? []).flatMap((parameter) => ('name' in parameter ? [parameter.name] : []));
    const query = new URLSearchParams();
    for (const name of known) if (name in ASKED) query.set(name, ASKED[name] ?? '');
    for (const asked of [query.toString(), '']) {
      await api.request('GET', `${path.replace('{id}', id).replace('{socketId}', 'socket-2-0')}?${asked}`, {
        headers: { cookie },
      });
    }
  }
  return routes.length;
}

describe('the statements that pushes, packing and reads run', () => {
  it('bring rows of large tables together by host_id alone', async () => {
    const id = await push();
    await api.app.get(PackingService).packUntil(Date.now());
    expect(await readAll(id)).toBeGreaterThan(15);
    const plans = await readLoggedPlans(database);
    const read = new Set(plans.flatMap(({ plan }) => relationsOf(plan).filter(isLarge)));
    expect(plans.length).toBeGreaterThan(100);
    expect(read.size).toBeGreaterThan(5);
    const faults = plans.flatMap(({ text, plan }) => {
      const joins = joinsAcrossHosts(plan, isLarge);
      return joins.map((join) => `${join} in ${text.replace(/\s+/g, ' ').slice(0, 120)}`);
    });
    expect([...new Set(faults)]).toEqual([]);
  });

  it.each([
    ['SELECT 1 FROM connection_open a JOIN connection_open b ON a.peer_address = b.local_address', 1],
    ['SELECT 1 FROM connection_open a, host_latest b', 1],
    ['SELECT 1 FROM connection_open a JOIN host_latest b ON a.host_id = 1 AND b.host_id = 2', 1],
    ['SELECT 1 FROM connection_open a JOIN host_latest b USING (host_id)', 0],
    ['SELECT 1 FROM connection_open a JOIN host_latest b USING (host_id) WHERE host_id = 1', 0],
    ['SELECT 1 FROM connection_open a JOIN host b ON a.peer_port = b.interval_ms', 0],
  ])('are judged: %s has %p', async (text, joins) => {
    const [row] = await database.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${text}`);
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    expect(plan === undefined ? [] : joinsAcrossHosts(plan, isLarge)).toHaveLength(joins);
  });
});

function relationsOf(node: PlanNode): string[] {
  return [node['Relation Name'] ?? '', ...(node.Plans ?? []).flatMap(relationsOf)];
}
