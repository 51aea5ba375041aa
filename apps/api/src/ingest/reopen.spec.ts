import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions, type Sql } from '../database/data-source.ts';
import { buildConnection, buildSnapshot, iso } from '../testing/push-builder.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { lifetimeOf } from './lifetime.ts';
import { type LifetimeRow } from './lifetimes.queries.ts';
import { reopenLost, reopenMentioned } from './reopen.queries.ts';
import { noteNamespaces } from './namespaces.queries.ts';

const DAYS = 8;
const HOSTS = 5;
const OPEN = 100;
const now = Date.now();

let database: TestDatabase;
let dataSource: DataSource;

/** Some days full of ended connections of several hosts, and each host with open ones. */
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  const rest = `0, 'tcp', '192.0.2.1', 80, '192.0.2.2', 99, NULL, now(), now(), now(), now(), now(), now(), NULL, NULL,
                0, 0, NULL, 'none', '[]'`;
  for (let day = 0; day < DAYS; day++) {
    const [from, to] = [iso(now - (day + 1) * 86_400_000), iso(now - day * 86_400_000)];
    await dataSource.query(
      `CREATE TABLE connection_ended_day${day} PARTITION OF connection_ended FOR VALUES FROM ('${from}') TO ('${to}')`,
    );
    await dataSource.query(
      `INSERT INTO connection_ended
       SELECT host, 'ended-' || ${day} || '-' || number, ${rest}, '${from}', 'lost'
         FROM generate_series(1, ${HOSTS}) host, generate_series(1, 300) number`,
    );
  }
  await dataSource.query(
    `INSERT INTO connection_open
     SELECT host, 'open-' || number, ${rest} FROM generate_series(1, ${HOSTS}) host, generate_series(1, ${OPEN}) number`,
  );
  await dataSource.query('ANALYZE connection_ended, connection_open');
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

const mention = (hostId: number, socketIds: readonly string[]): LifetimeRow[] =>
  socketIds.map((socketId) => ({ hostId, lifetime: lifetimeOf(buildConnection(socketId, now), buildSnapshot(), now) }));

const openIds = (host: number): string[] =>
  Array.from({ length: OPEN }, (_, index) => `open-${index + 1}`).concat(`new-${host}`);

/** Runs the statements for real and keeps the plan of each. */
async function plansOf(run: (sql: Sql) => Promise<void>): Promise<string[]> {
  const plans: string[] = [];
  const explained: Sql = {
    query: async <Rows>(text: string, values?: unknown[]): Promise<Rows> => {
      const rows: { 'QUERY PLAN': string }[] = await dataSource.query(`EXPLAIN ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return dataSource.query<Rows>(text, values);
    },
  };
  await run(explained);
  return plans;
}

describe('reopenMentioned', () => {
  it('looks at no ended connection while all that is mentioned is open', async () => {
    const plans = await plansOf((sql) => reopenMentioned(sql, mention(1, openIds(1).slice(0, OPEN))));
    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toContain('connection_ended');
  });

  it('finds by primary key what is not open, and reads no partition as a whole', async () => {
    const plans = await plansOf((sql) =>
      reopenMentioned(sql, [...mention(1, openIds(1)), ...mention(2, [...openIds(2), 'ended-3-7', 'ended-5-9'])]),
    );
    expect(plans).toHaveLength(3);
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on connection_ended_day/);
    expect(plans[1]?.match(/using connection_ended_day\d_pkey/g)).toHaveLength(DAYS);
    const back = await database.query(
      "SELECT host_id, socket_id FROM connection_open WHERE socket_id LIKE 'ended-%' ORDER BY socket_id",
    );
    expect(back).toEqual([
      { host_id: 2, socket_id: 'ended-3-7' },
      { host_id: 2, socket_id: 'ended-5-9' },
    ]);
    const left = await database.query<{ host_id: number }>(
      "SELECT host_id FROM connection_ended WHERE socket_id = 'ended-3-7' ORDER BY host_id",
    );
    expect(left.map(({ host_id }) => host_id)).toEqual([1, 3, 4, 5]);
  });
});

describe('reopenLost', () => {
  it('is spared when no complete snapshot came late', async () => {
    await dataSource.query(`INSERT INTO netns (host_id, netns_id, complete_at) VALUES (7, 3, '${iso(now - 5_000)}')`);
    const row = (ageMs: number) => ({ hostId: 7, netns: 3, standsAt: now - ageMs });
    const note = (...ages: number[]) =>
      noteNamespaces(
        dataSource,
        ages.map((age) => ({ ...row(age), runId: '', snapshot: buildSnapshot({ takenAt: iso(now - age), netns: 3 }) })),
      );
    expect(await note(2_000, 1_000)).toEqual([row(2_000)]);
    expect(await note(0)).toEqual([]);
    expect(await note(1_500)).toEqual([row(1_500)]);
    expect(await plansOf((sql) => reopenLost(sql, []))).toEqual([]);
  });

  it('reads no day before the late snapshot', async () => {
    const late = { hostId: 1, netns: 0, standsAt: now - 2.5 * 86_400_000 };
    const [plan] = await plansOf((sql) => reopenLost(sql, [late]));
    expect(plan).toContain('connection_ended_day2');
    expect(plan).not.toContain('connection_ended_day3');
  });
});
