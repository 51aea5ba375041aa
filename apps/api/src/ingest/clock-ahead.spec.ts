import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConnectionItem, type Host, type Page, type Push, type Snapshot } from '@closewatch/protocol';
import { MovableClock } from '../testing/movable-clock.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** Stands still, so that an instant of the story is exactly that. */
class StoryClock extends MovableClock {
  readonly start = Date.now() - 600_000;
  override now(): number {
    return this.start + this.aheadMs;
  }
}

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let push: Push;
const clock = new StoryClock();
const at = (second: number): number => clock.start + second * 1_000;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

beforeEach(() => {
  clock.aheadMs = 0;
  push = buildPush();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Lets the server's clock come to a second of the story, and pushes. */
function pushAt(second: number, snapshot: Partial<Snapshot>) {
  clock.aheadMs = second * 1_000;
  return api.pushed({ ...push, snapshots: [buildSnapshot(snapshot)] });
}

const host = (): Promise<Host> => api.read<Host>(cookie, `/api/v1/hosts/${push.agentId}`);

async function connections(query = ''): Promise<ConnectionItem[]> {
  const path = `/api/v1/hosts/${push.agentId}/connections${query}`;
  return (await api.read<Page<ConnectionItem>>(cookie, path)).items;
}

const sees = (socketId: string, second: number, overrides = {}) => buildConnection(socketId, at(second), overrides);

describe('a snapshot from a clock ahead of ours', () => {
  it('is rejected alone when it is more than 60 s ahead, and told our time', async () => {
    const answer = await api.pushed({
      ...push,
      snapshots: [
        buildSnapshot({ takenAt: iso(at(0)) }),
        buildSnapshot({ takenAt: iso(at(61)) }),
        buildSnapshot({ takenAt: iso(at(60)) }),
      ],
    });
    expect(answer.accepted).toBe(2);
    expect(answer.rejected.map(({ index }) => index)).toEqual([1]);
    const issue = answer.rejected[0]?.issues[0];
    expect(issue?.path).toBe('takenAt');
    expect(issue?.message).toContain(`61 s ahead of the server's time, ${iso(at(0))}`);
    expect(issue?.message).toContain("check the agent's clock");
  });

  it('does not hide the counts of those after it', async () => {
    await pushAt(0, { takenAt: iso(at(50)), counts: { established: 1 } as never });
    expect((await host()).counts.established).toBe(1);
    await pushAt(5, { takenAt: iso(at(5)), counts: { established: 2 } as never });
    expect((await host()).counts.established).toBe(2);
  });

  it('was seen when it came: the host is not live for longer because of it', async () => {
    await pushAt(0, { takenAt: iso(at(50)) });
    expect(await host()).toMatchObject({ lastSeenAt: iso(at(0)), firstSeenAt: iso(at(0)), status: 'live' });
    clock.aheadMs = 16_000;
    expect(await host()).toMatchObject({ lastSeenAt: iso(at(0)), status: 'stale' });
    clock.aheadMs = 61_000;
    expect((await host()).status).toBe('silent');
  });

  it('ends what it leaves out when it came, and nothing that is seen after that', async () => {
    await pushAt(0, { takenAt: iso(at(0)), connections: [sees('socket-aaaa', 0)] });
    await pushAt(5, { takenAt: iso(at(55)) });
    expect(await connections()).toEqual([]);
    expect(await connections(`?at=${iso(at(4))}`)).toMatchObject([{ endedAt: iso(at(5)), endedAs: 'lost' }]);
    await pushAt(10, { takenAt: iso(at(10)), connections: [sees('socket-bbbb', 10)] });
    expect(await connections()).toMatchObject([{ socketId: 'socket-bbbb' }]);
    await pushAt(15, { takenAt: iso(at(15)) });
    expect(await connections(`?at=${iso(at(12))}`)).toMatchObject([{ endedAt: iso(at(15)), endedAs: 'lost' }]);
  });

  it('puts no instant of a connection into the future, an end least of all', async () => {
    const ahead = sees('socket-aaaa', 40, { lastSeenAt: iso(at(50)) });
    await pushAt(0, { takenAt: iso(at(50)), connections: [ahead], complete: false });
    const instants = { openedAfter: iso(at(0)), openedBefore: iso(at(0)), firstSeenAt: iso(at(0)) };
    expect(await connections()).toMatchObject([{ ...instants, lastSeenAt: iso(at(0)) }]);
    const ended = { ...ahead, endedAt: iso(at(58)), endedAs: 'closed' as const };
    await pushAt(8, { takenAt: iso(at(58)), connections: [ended] });
    expect(await connections()).toEqual([]);
    expect(await connections(`?at=${iso(at(7))}`)).toMatchObject([{ endedAt: iso(at(8)), endedAs: 'closed' }]);
  });

  it('is known again when it is sent again', async () => {
    expect(await pushAt(0, { takenAt: iso(at(50)) })).toMatchObject({ accepted: 1 });
    expect(await pushAt(3, { takenAt: iso(at(50)) })).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(await pushAt(55, { takenAt: iso(at(50)) })).toMatchObject({ accepted: 0, duplicate: 1 });
  });
});
