import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push } from '@closewatch/protocol';
import { look } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { DetectionService } from './detection.service.ts';
import { readWatchedHosts } from './watched-hosts.queries.ts';

let database: TestDatabase;
let clock: MovableClock;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new MovableClock();
  api = await TestApi.start({ databaseUrl: database.url, clock });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function tell(push: Push, netns: number, seq: number): Promise<void> {
  const takenAt = iso(clock.now());
  const connections = [buildConnection(`socket-${netns}`, clock.now(), { lastSeenAt: takenAt })];
  await api.pushed({ ...push, snapshots: [buildSnapshot({ seq, netns, takenAt, connections })] });
}

describe('a namespace that has ended', () => {
  it('is neither read nor remembered any more, while the others are', async () => {
    const push = buildPush();
    await tell(push, 0, 1);
    await tell(push, 4_026_531, 1);
    await look(api);
    const [host] = await database.query<{ hostId: number }>('SELECT host_id AS "hostId" FROM host');
    const hostId = host?.hostId ?? 0;
    const sql = { query: (text: string, values?: unknown) => database.query(text, values as never) as never };
    const listed = async () =>
      (await readWatchedHosts(sql, [hostId % 16])).flatMap(({ namespaces }) => namespaces.map(({ netns }) => netns));
    const remembered = () => api.app.get(DetectionService).memoryOf(hostId)?.size;
    expect([await listed(), remembered()]).toEqual([[0, 4_026_531], 2]);
    clock.aheadMs += 9 * 60_000;
    await tell(push, 0, 2);
    await look(api);
    expect([await listed(), remembered()]).toEqual([[0, 4_026_531], 2]);
    clock.aheadMs += 2 * 60_000;
    await tell(push, 0, 3);
    await look(api);
    expect([await listed(), remembered()]).toEqual([[0], 1]);
  });
});
