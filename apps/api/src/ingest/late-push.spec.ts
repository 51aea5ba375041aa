import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  // What is sent at once goes in one group, whatever this machine is busy with.
  api = await TestApi.start({ databaseUrl: database.url, ingestLimits: { gatherMs: 100 } });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Two pushes of one run: sampling was set to be finer in between, the agent lost a right, and a clock was set. */
function twoPushes(): { older: Push; newer: Push } {
  const now = Date.now();
  const run = buildPush();
  return {
    older: {
      ...run,
      agent: { ...run.agent, clockOffsetMs: 4_000, hostname: 'before' },
      snapshots: [buildSnapshot({ takenAt: iso(now - 60_000), intervalMs: 30_000 })],
    },
    newer: {
      ...run,
      agent: { ...run.agent, capabilities: [], missing: ['owners of other users'], clockOffsetMs: 10 },
      snapshots: [buildSnapshot({ takenAt: iso(now), intervalMs: 1_000, complete: false })],
    },
  };
}

async function expectNewer({ older, newer }: { older: Push; newer: Push }): Promise<void> {
  const [host] = await database.query(
    `SELECT hostname, capabilities, missing, clock_offset_ms, interval_ms, run_since, synced_run_id
       FROM host WHERE agent_id = $1`,
    [newer.agentId],
  );
  expect(host).toEqual({
    hostname: 'web-1',
    capabilities: [],
    missing: ['owners of other users'],
    clock_offset_ms: 10,
    interval_ms: 1_000,
    // These two are what the older one alone can tell.
    run_since: new Date(older.snapshots[0]?.takenAt ?? ''),
    synced_run_id: newer.runId,
  });
}

describe('two pushes of one run leave the host as the newer one tells', () => {
  it('when the older one comes first', async () => {
    const { older, newer } = twoPushes();
    await api.pushed(older);
    await api.pushed(newer);
    await expectNewer({ older, newer });
  });

  it('when the older one comes last', async () => {
    const { older, newer } = twoPushes();
    await api.pushed(newer);
    expect(await api.pushed(older)).toMatchObject({ accepted: 1, resync: false });
    await expectNewer({ older, newer });
  });

  it('when both come at once', async () => {
    const { older, newer } = twoPushes();
    await Promise.all([api.pushed(newer), api.pushed(older)]);
    await expectNewer({ older, newer });
  });
});
