import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push } from '@closewatch/protocol';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let servers: readonly [TestApi, TestApi];

/** Two servers on one database remember hosts each for itself; an agent's pushes come now to one and now to the other. */
beforeAll(async () => {
  database = await createTestDatabase();
  const token = { CLOSEWATCH_TOKEN: 'a-token-for-both-servers' };
  servers = [
    await TestApi.start({ databaseUrl: database.url, environment: token }),
    await TestApi.start({ databaseUrl: database.url, environment: token }),
  ];
});

afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
  await database?.drop();
});

const serverOf = (number: number): TestApi => servers[number % 2 === 0 ? 0 : 1];

async function latestOf({ agentId }: Push) {
  const [latest] = await database.query<{ cursor: string; established: number; countedAt: Date; open: number }>(
    `SELECT cursor, established, counted_at AS "countedAt", close_wait_open AS open
       FROM host_latest JOIN host USING (host_id) WHERE agent_id = $1`,
    [agentId],
  );
  return latest;
}

function at(push: Push, takenAt: number, established: number, more: object = {}): Push {
  const snapshot = buildSnapshot({ takenAt: iso(takenAt), counts: { established } as never, ...more });
  return { ...push, snapshots: [snapshot] };
}

describe('pushes of one agent to two servers', () => {
  it('are all stored, and the newest counts, whichever comes last', async () => {
    const push = buildPush();
    const now = Date.now();
    const order = [3, 9, 1, 7, 5, 8, 2, 6, 4, 0];
    for (const [turn, age] of order.entries()) {
      const answer = await serverOf(turn).pushed(at(push, now - age * 1_000, 100 + age));
      expect(answer).toMatchObject({ accepted: 1, duplicate: 0 });
    }
    expect(await latestOf(push)).toMatchObject({ cursor: '10', established: 100, countedAt: new Date(now) });
    expect(await serverOf(1).pushed(at(push, now - 3_000, 1))).toMatchObject({ accepted: 0, duplicate: 1 });
  });

  it('that come at the same moment are stored once each', async () => {
    const push = buildPush();
    const now = Date.now();
    await serverOf(0).pushed(at(push, now - 60_000, 1));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        serverOf(index).pushed(at(push, now - 1_000 * (index % 20), index % 20)),
      ),
    );
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(20);
    expect(answers.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(20);
    expect(await latestOf(push)).toMatchObject({ established: 0, countedAt: new Date(now) });
  });

  it('end what the other server has opened', async () => {
    const push = buildPush();
    const now = Date.now();
    await serverOf(0).pushed(at(push, now - 3_000, 1));
    await serverOf(1).pushed(
      at(push, now - 2_000, 1, { connections: [buildConnection('socket-of-two', now - 2_000)] }),
    );
    expect(await latestOf(push)).toMatchObject({ open: 1 });
    await serverOf(0).pushed(at(push, now - 1_000, 1));
    expect(await latestOf(push)).toMatchObject({ open: 0 });
  });

  it('find a clone that the other server knows the first of', async () => {
    const first = buildPush();
    await serverOf(0).pushed(first);
    const clone = buildPush({ agentId: first.agentId });
    expect(errorOf(await serverOf(1).push(clone))).toMatchObject({ statusCode: 409, error: 'cloned' });
  });

  it('find a clone although both remember the first', async () => {
    const first = at(buildPush(), Date.now() - 20_000, 1);
    await serverOf(0).pushed(first);
    await serverOf(1).pushed(at(first, Date.now() - 19_500, 1));
    // The first run is silent, and another boot takes over, on one server; the other still remembers the first run.
    const second = buildPush({ agentId: first.agentId });
    await serverOf(0).pushed(at(second, Date.now() - 1_000, 2));
    expect(errorOf(await serverOf(1).push(at({ ...first, runId: randomUUID() }, Date.now(), 3))).statusCode).toBe(409);
    expect(await latestOf(first)).toMatchObject({ established: 2 });
  });

  it('judge in turn two machines that push for the first time at once', async () => {
    for (let round = 0; round < 5; round++) {
      const first = buildPush();
      // Of the same instant: an older one would be the spool of a run before.
      const clone = buildPush({ agentId: first.agentId, snapshots: first.snapshots });
      const answers = await Promise.all([serverOf(0).push(first), serverOf(1).push(clone)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });
});
