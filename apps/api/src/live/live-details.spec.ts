import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HostDetailsNewsSchema, type Snapshot } from '@closewatch/protocol';
import { expectChain, pictureOf } from '../testing/live-chain.ts';
import { LiveClient } from '../testing/live-client.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildEvidence, buildOrphans, buildPorts, buildProcess } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let api: TestApi;
let cookie: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function connect(): Promise<LiveClient> {
  const client = await LiveClient.connect(api.url, { cookie });
  clients.push(client);
  return client;
}

describe('host:watch', () => {
  it('tells the newest details after the commit, and of an older snapshot none', async () => {
    const now = Date.now();
    const evidence = (pid: number) => [buildEvidence(buildProcess(pid))];
    const push = buildPush({
      snapshots: [buildSnapshot({ takenAt: iso(now - 9_000), evidence: evidence(1), ports: buildPorts(1) })],
    });
    await api.pushed(push);
    const client = await connect();
    const picture = pictureOf(await client.watchHost(push.agentId));
    expect(picture.details).toMatchObject({
      namespaces: [],
      evidence: { takenAt: iso(now - 9_000), items: evidence(1) },
      ports: { takenAt: iso(now - 9_000), ...buildPorts(1) },
      kernel: null,
    });
    const tell = (ageMs: number, sections: Partial<Snapshot>) =>
      api.pushed({ ...push, snapshots: [buildSnapshot({ takenAt: iso(now - ageMs), ...sections })] });
    await tell(5_000, { evidence: evidence(2), kernel: { counters: { TW: 3 } } });
    await tell(7_000, { evidence: evidence(3) });
    await tell(3_000, { orphans: buildOrphans(1) });
    await client.until(() => client.messages('host:details').length === 2);
    const [first, second] = client.messages('host:details').map((message) => HostDetailsNewsSchema.parse(message));
    expect(first).toMatchObject({ hostId: push.agentId, netns: 0 });
    expect(first?.details).toMatchObject({ evidence: { items: evidence(2) }, kernel: { counters: { TW: 3 } } });
    expect(Object.keys(second?.details ?? {})).toEqual(['orphans']);
    expectChain(
      picture.cursor,
      client.heard.map(({ message }) => message),
    );
  });

  it('of a namespace tells of its connections and details, and of the host', async () => {
    const now = Date.now();
    const inShop = (ageMs: number, socketId: string) =>
      buildSnapshot({
        ...{ takenAt: iso(now - ageMs), netns: 3, namespace: { inode: 77, name: 'shop' }, ports: buildPorts(ageMs) },
        connections: [buildConnection(socketId, now - ageMs)],
      });
    const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(now - 9_000) }), inShop(8_000, 'socket-aaaa')] });
    await api.pushed(push);
    const client = await connect();
    const own = pictureOf(await client.watchHost(push.agentId));
    const shop = pictureOf(await client.watchHost(push.agentId, 3));
    expect(own.details.namespaces).toMatchObject([{ id: 3, name: 'shop', closeWait: { count: 0, aged: 0 } }]);
    expect([own.netns, own.connections.length, own.details.ports]).toEqual([0, 0, null]);
    expect(shop.connections.map(({ socketId }) => socketId)).toEqual(['socket-aaaa']);
    expect(shop).toMatchObject({ netns: 3, host: { id: push.agentId }, details: { ports: buildPorts(8_000) } });
    await api.pushed({ ...push, snapshots: [inShop(2_000, 'socket-bbbb')] });
    const of = (netns: number) =>
      client.heard
        .map(({ message }) => message as never as { netns: number; cursor: string; previousCursor: string })
        .filter((message) => message.netns === netns);
    await client.until(() => of(0).length === 2 && of(3).length === 3);
    expectChain(own.cursor, of(0));
    expectChain(shop.cursor, of(3));
    expect(client.messages('host:connections')).toMatchObject([
      { netns: 3, changed: [{ socketId: 'socket-bbbb' }], endedSocketIds: ['socket-aaaa'] },
    ]);
  });

  it('of a namespace that the host never had is answered with 404', async () => {
    const push = buildPush();
    await api.pushed(push);
    const answer = await (await connect()).watchHost(push.agentId, 9);
    expect(answer).toMatchObject({ ok: false, error: { statusCode: 404 } });
  });
});
