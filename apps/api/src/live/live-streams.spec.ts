import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  FleetDeltaSchema,
  FleetSummarySchema,
  HostConnectionsSchema,
  HostSnapshotSchema,
  type Push,
} from '@closewatch/protocol';
import { expectChain, pictureOf } from '../testing/live-chain.ts';
import { LiveClient } from '../testing/live-client.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let api: TestApi;
let cookie: string;
const clock = new MovableClock();
const clients: LiveClient[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  clock.aheadMs = 0;
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function connect(headers: Record<string, string> = { cookie }): Promise<LiveClient> {
  const client = await LiveClient.connect(api.url, headers);
  clients.push(client);
  return client;
}

const next = (push: Push, at: number, connections = push.snapshots[0]?.connections ?? []): Push => ({
  ...push,
  snapshots: [buildSnapshot({ takenAt: iso(at), connections })],
});

describe('host:watch', () => {
  it('answers with the picture, and a push shows up at the watcher at once', async () => {
    const now = Date.now();
    const push = buildPush({
      snapshots: [
        buildSnapshot({ takenAt: iso(now - 2_000), connections: [buildConnection('socket-aaaa', now - 2_000)] }),
      ],
    });
    await api.pushed(push);
    const client = await connect();
    const picture = pictureOf(await client.watchHost(push.agentId));
    expect(picture.host.id).toBe(push.agentId);
    expect(picture.connections.map(({ socketId }) => socketId)).toEqual(['socket-aaaa']);

    const pushedAt = Date.now();
    await api.pushed(next(push, now, [buildConnection('socket-bbbb', now)]));
    await client.until(() => client.messages('host:connections').length > 0);
    expect(Date.now() - pushedAt).toBeLessThan(1_000);
    const [snapshot] = client.messages('host:snapshot');
    expect(HostSnapshotSchema.parse(snapshot).host.lastSeenAt).toBe(iso(now));
    const [connections] = client.messages('host:connections');
    expect(HostConnectionsSchema.parse(connections)).toMatchObject({
      hostId: push.agentId,
      changed: [{ socketId: 'socket-bbbb' }],
      endedSocketIds: ['socket-aaaa'],
    });
    expectChain(
      picture.cursor,
      client.heard.map(({ message }) => message),
    );
  });

  it('tells of connections only what changed', async () => {
    const now = Date.now();
    const still = (at: number) => buildConnection('socket-aaaa', now - 9_000, { lastSeenAt: iso(at) });
    const push = buildPush({
      snapshots: [buildSnapshot({ takenAt: iso(now - 3_000), connections: [still(now - 3_000)] })],
    });
    await api.pushed(push);
    const client = await connect();
    await client.watchHost(push.agentId);
    await api.pushed(next(push, now - 2_000, [still(now - 2_000)]));
    await client.until(() => client.messages('host:snapshot').length === 1);
    expect(client.messages('host:connections')).toHaveLength(0);
    await api.pushed(next(push, now - 1_000, [{ ...still(now - 1_000), recvQueue: 99 }]));
    await client.until(() => client.messages('host:connections').length === 1);
    expect(client.messages('host:connections')[0]?.changed).toMatchObject([{ socketId: 'socket-aaaa', recvQueue: 99 }]);
  });

  it('tells which connections have ended: by the agent, and because a complete set lacks them', async () => {
    const now = Date.now();
    const seen = (socketId: string, at: number) => buildConnection(socketId, now - 9_000, { lastSeenAt: iso(at) });
    const all = ['socket-aaaa', 'socket-bbbb', 'socket-cccc'];
    const push = buildPush({
      snapshots: [buildSnapshot({ takenAt: iso(now - 4_000), connections: all.map((id) => seen(id, now - 4_000)) })],
    });
    await api.pushed(push);
    const client = await connect();
    const picture = pictureOf(await client.watchHost(push.agentId));
    expect(picture.connections.map(({ socketId }) => socketId)).toEqual(all);
    const ended = () => client.messages('host:connections').flatMap(({ endedSocketIds }) => endedSocketIds);

    const closed = { ...seen('socket-aaaa', now - 4_000), endedAt: iso(now - 3_000), endedAs: 'closed' as const };
    const news = buildSnapshot({ takenAt: iso(now - 2_000), connections: [closed], complete: false });
    await api.pushed({ ...push, snapshots: [news] });
    await client.until(() => ended().length > 0);
    expect(ended()).toEqual(['socket-aaaa']);

    await api.pushed(next(push, now, [seen('socket-cccc', now)]));
    await client.until(() => ended().length > 1);
    expect(ended()).toEqual(['socket-aaaa', 'socket-bbbb']);
    expect(client.messages('host:connections').flatMap(({ changed }) => changed)).toEqual([]);
    const again = pictureOf(await client.watchHost(push.agentId));
    expect(again.connections.map(({ socketId }) => socketId)).toEqual(['socket-cccc']);
  });

  it('leaves no gap between picture and messages while pushes pour in', async () => {
    const start = Date.now() - 60_000;
    const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(start) })] });
    await api.pushed(push);
    let pushing = true;
    const pour = (async () => {
      for (let index = 1; pushing; index++)
        await api.pushed(
          next(push, start + index * 10, [buildConnection(`socket-${10_000 + index}`, start + index * 10)]),
        );
    })();
    for (let round = 0; round < 8; round++) {
      const client = await connect();
      const picture = pictureOf(await client.watchHost(push.agentId));
      const open = new Set(picture.connections.map(({ socketId }) => socketId));
      await client.until(() => client.messages('host:connections').length >= 3);
      expectChain(
        picture.cursor,
        client.heard.map(({ message }) => message),
      );
      for (const { changed, endedSocketIds } of client.messages('host:connections')) {
        for (const id of endedSocketIds) expect(open.delete(id)).toBe(true);
        for (const { socketId } of changed) open.add(socketId);
      }
      expect(open.size).toBe(1);
      client.close();
    }
    pushing = false;
    await pour;
  });

  it('ends with host:unwatch', async () => {
    const push = buildPush();
    await api.pushed(push);
    const client = await connect();
    await client.watchHost(push.agentId);
    expect(await client.sendRaw('host:unwatch', { id: push.agentId })).toEqual({ ok: true, picture: null });
    await api.pushed(next(push, Date.now()));
    await sleep(100);
    expect(client.messages('host:snapshot')).toHaveLength(0);
  });

  it('of an unknown host is answered with 404', async () => {
    const client = await connect();
    const answer = await client.watchHost('9aea92db-9030-4be5-a3e6-3b140e22073e');
    expect(answer).toMatchObject({ ok: false, error: { statusCode: 404 } });
  });

  it('is told nothing of other hosts', async () => {
    const [watched, other] = [buildPush(), buildPush()];
    await api.pushed(watched);
    const client = await connect();
    await client.watchHost(watched.agentId);
    await api.pushed(other);
    await api.pushed(next(watched, Date.now()));
    await client.until(() => client.messages('host:snapshot').length > 0);
    expect(client.messages('host:snapshot').map(({ host }) => host.id)).toEqual([watched.agentId]);
  });
});

describe('fleet:watch', () => {
  it('answers with the picture, then tells what changed, at most once a second', async () => {
    const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(Date.now() - 4_000) })] });
    await api.pushed(push);
    const client = await connect();
    const picture = pictureOf(await client.watchFleet());
    expect(picture.hosts.map(({ id }) => id)).toContain(push.agentId);
    for (let index = 0; index < 10; index++) await api.pushed(next(push, Date.now() - 2_000 + index * 100));
    const newcomer = buildPush();
    await api.pushed(newcomer);
    const told = () => client.messages('fleet:delta').flatMap(({ hosts }) => hosts.map(({ id }) => id));
    await client.until(() => told().includes(newcomer.agentId));
    expect(client.messages('fleet:delta').length).toBeLessThanOrEqual(2);
    for (const delta of client.messages('fleet:delta')) FleetDeltaSchema.parse(delta);
    const summary = FleetSummarySchema.parse(client.messages('fleet:summary').at(-1));
    expect(summary.totals.hosts.live).toBe(picture.totals.hosts.live + 1);
    expectChain(
      picture.cursor,
      client.heard.map(({ message }) => message),
    );
  });

  it('tells of the hosts in view only', async () => {
    const [seen, unseen] = [buildPush(), buildPush()];
    await api.pushed(seen);
    await api.pushed(unseen);
    const client = await connect();
    const picture = pictureOf(await client.watchFleet([seen.agentId]));
    expect(picture.hosts.map(({ id }) => id)).toEqual([seen.agentId]);
    await api.pushed(next(unseen, Date.now()));
    await api.pushed(next(seen, Date.now()));
    await client.until(() => client.messages('fleet:delta').length > 0);
    expect(client.messages('fleet:delta').flatMap(({ hosts }) => hosts.map(({ id }) => id))).toEqual([seen.agentId]);
  });

  it('tells when a host falls silent', async () => {
    const push = buildPush();
    await api.pushed(push);
    const client = await connect();
    await client.watchFleet();
    clock.aheadMs = 120_000;
    const statuses = () =>
      client
        .messages('fleet:delta')
        .flatMap(({ hosts }) => hosts)
        .filter(({ id }) => id === push.agentId)
        .map(({ status }) => status);
    await client.until(() => statuses().includes('silent'));
  });
});
