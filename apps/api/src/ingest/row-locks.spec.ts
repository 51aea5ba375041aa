import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Push } from '@closewatch/protocol';
import { buildPush, buildSnapshot } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let api: TestApi;
/** Somebody else who writes of the same hosts. */
let other: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  // What is sent one shortly after the other goes in one group, in this order.
  api = await TestApi.start({ databaseUrl: database.url, ingestLimits: { gatherMs: 500 } });
});

beforeEach(async () => {
  other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query('BEGIN');
});

afterEach(() => other.end());

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const afterMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The next push of a run, which changes the host's own row, too. */
function renamed(push: Push): Push {
  return { ...push, agent: { ...push.agent, hostname: 'renamed' }, snapshots: [buildSnapshot()] };
}

async function hostnameOf({ agentId }: Push, lock = ''): Promise<string | undefined> {
  const sql = `SELECT hostname FROM host WHERE agent_id = $1 ${lock}`;
  return (await database.query<{ hostname: string }>(sql, [agentId]))[0]?.hostname;
}

async function untilPushWaits(): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const waiting = await database.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (waiting.length > 0) return;
    await afterMs(10);
  }
  throw new Error('No push waits for a lock.');
}

describe('a group that changes hosts', () => {
  it('locks them in the order of their agentIds, in whichever order they came', async () => {
    const [first, second] = [buildPush(), buildPush()].toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1));
    if (first === undefined || second === undefined) throw new Error('There are two pushes.');
    await Promise.all([first, second].map((push) => api.pushed(push)));
    await other.query('SELECT FROM host WHERE agent_id = $1 FOR UPDATE', [first.agentId]);
    const answers = [api.push(renamed(second))];
    await afterMs(100);
    answers.push(api.push(renamed(first)));
    await untilPushWaits();
    // Waiting for the first, it holds nothing that somebody else who comes in this order would wait for.
    expect(await hostnameOf(second, 'FOR UPDATE NOWAIT')).toBe('web-1');
    await other.query('ROLLBACK');
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect([await hostnameOf(first), await hostnameOf(second)]).toEqual(['renamed', 'renamed']);
  });

  it('is written once more when PostgreSQL gives it up for a deadlock, and not again', async () => {
    // What a sequence has counted is not undone.
    await database.query('CREATE SEQUENCE tries');
    await database.query(
      `CREATE FUNCTION deadlocked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF nextval('tries') <> 2 THEN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END IF;
         RETURN NEW;
       END $$`,
    );
    await database.query(
      `CREATE TRIGGER deadlocked BEFORE UPDATE ON host FOR EACH ROW WHEN (NEW.hostname = 'renamed')
         EXECUTE FUNCTION deadlocked()`,
    );
    const [lucky, unlucky] = [buildPush(), buildPush()];
    for (const push of [lucky, unlucky]) await api.pushed(push);
    expect(await api.pushed(renamed(lucky))).toMatchObject({ accepted: 1, duplicate: 0 });
    expect(await hostnameOf(lucky)).toBe('renamed');
    expect((await api.push(renamed(unlucky))).status).toBe(503);
    expect(await database.query('SELECT last_value FROM tries')).toEqual([{ last_value: '4' }]);
    await database.query('DROP TRIGGER deadlocked ON host');
  });
});
