import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, LeakGroupsSchema, type Push, type Snapshot } from '@closewatch/protocol';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildEvidence, buildOrphans, buildProcess } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { HostLeaksService } from './host-leaks.service.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function leaksOf(snapshots: Snapshot[], push: Push = buildPush(), netns = 0) {
  if (snapshots.length > 0) await api.pushed({ ...push, snapshots });
  const [host] = await database.query<{ hostId: number }>('SELECT host_id AS "hostId" FROM host WHERE agent_id = $1', [
    push.agentId,
  ]);
  return LeakGroupsSchema.parse(await api.app.get(HostLeaksService).read(host ?? { hostId: 0 }, netns));
}

/** So many that entered CLOSE_WAIT one each second, the oldest `age` seconds before NOW. */
function waiting(count: number, age: number, overrides: Partial<Connection> = {}): Connection[] {
  return Array.from({ length: count }, (_, index) =>
    buildConnection(`${overrides.local?.port ?? 8_080}-socket-${age}-${index}`, NOW - (age - index) * 1_000, {
      lastSeenAt: iso(NOW),
      recvQueue: 0,
      ...overrides,
    }),
  );
}

const taken = (connections: Connection[], more: Partial<Snapshot> = {}): Snapshot =>
  buildSnapshot({ takenAt: iso(NOW), connections, counts: { close_wait: connections.length } as never, ...more });

const owner = (pid: number, descriptor: number, more: object = {}) => ({
  ...buildProcess(pid),
  descriptor,
  ...more,
});

describe('leaks of a host', () => {
  it('are 200 at most, the largest; how many there are is told', async () => {
    const many = Array.from({ length: 205 }, (_, index) =>
      waiting(index === 7 ? 3 : 1, 90, { local: { address: '192.0.2.1', port: 20_000 + index } }),
    );
    const { items, total } = await leaksOf([taken(many.flat())]);
    expect([items.length, total, items[0]?.count]).toEqual([200, 205, 3]);
  });

  it('are one for each service, direction and endpoint, the largest first', async () => {
    const shop = [owner(10, 5, { unit: 'shop.service' })];
    const answer = await leaksOf([
      taken([
        ...waiting(3, 90),
        ...waiting(4, 300, { owners: shop, local: { address: '192.0.2.1', port: 443 } }),
        ...waiting(2, 300, {
          owners: shop,
          direction: 'outbound',
          local: { address: '192.0.2.1', port: 40_001 },
          peer: { address: '203.0.113.9', port: 5_432 },
        }),
      ]),
    ]);
    expect(answer.takenAt).toBe(iso(NOW));
    expect(
      answer.items.map(({ subject, count, leaked, oldestSeconds }) => ({ ...subject, count, leaked, oldestSeconds })),
    ).toMatchObject([
      {
        service: { executable: '/usr/bin/java', unit: 'shop.service', containerId: null },
        direction: 'inbound',
        endpoint: { address: null, port: 443 },
        count: 4,
        leaked: 4,
        oldestSeconds: 300,
      },
      { service: { executable: '/usr/bin/node' }, endpoint: { address: null, port: 8_080 }, count: 3, leaked: 3 },
      { direction: 'outbound', endpoint: { address: '203.0.113.9', port: 5_432 }, count: 2, leaked: 2 },
    ]);
  });

  it('are judged by the evidence of the process that holds them', async () => {
    const java = [owner(10, 5)];
    const stopped = buildEvidence(buildProcess(10), {
      waits: [{ state: 'T', wchan: 'do_signal_stop', syscall: null, threads: 12 }],
      polledAgoMs: null,
      cpu: { runMsPerSecond: 0, runQueueWaitMsPerSecond: 0 },
    });
    const answer = await leaksOf([taken(waiting(6, 200, { owners: java, recvQueue: 5 }), { evidence: [stopped] })]);
    expect(answer.items.map(({ finding }) => finding.verdict)).toEqual(['stopped']);
  });

  it('count what waits for 60 seconds, and not those to which this side still sends', async () => {
    const answer = await leaksOf([
      taken([...waiting(5, 59), ...waiting(2, 400), ...waiting(3, 401, { lastSentAt: iso(NOW - 5_000) })]),
    ]);
    expect(answer.items).toMatchObject([{ count: 10, leaked: 2 }]);
  });

  it('go on as orphans when the sockets have left the tables', async () => {
    const push = buildPush();
    const orphan = buildConnection('socket-orphan', NOW - 300_000, { lastSeenAt: iso(NOW - 10_000) });
    await leaksOf([buildSnapshot({ takenAt: iso(NOW - 10_000), connections: [orphan] })], push);
    const answer = await leaksOf(
      [
        taken([{ ...orphan, endedAt: iso(NOW - 5_000), endedAs: 'orphaned' }], {
          seq: 1,
          orphans: buildOrphans(7, { orphanedAt: iso(NOW - 5_000), owners: [owner(4_711, 21)] }),
        }),
      ],
      push,
    );
    expect(answer.items).toMatchObject([
      { subject: { endpoint: { port: 8_080 }, direction: 'inbound' }, count: 0, leaked: 7, orphaned: 7 },
    ]);
  });

  it('are no turnover while those that leave CLOSE_WAIT stay open as orphans', async () => {
    const turnover = [
      {
        process: { pid: 4_711, executable: '/usr/bin/node' },
        direction: 'inbound' as const,
        endpoint: { address: null, port: 8_080 },
        opened: 5,
        closed: 5,
        alive: 4,
      },
    ];
    const passing = await leaksOf([taken(waiting(4, 15), { turnover })]);
    expect(passing.items).toMatchObject([{ finding: { verdict: 'turnover' } }]);

    const push = buildPush();
    const orphan = buildConnection('socket-orphan', NOW - 30_000, { lastSeenAt: iso(NOW - 10_000) });
    await leaksOf([buildSnapshot({ takenAt: iso(NOW - 10_000), connections: [orphan] })], push);
    const orphaned = taken([...waiting(4, 16), { ...orphan, endedAt: iso(NOW - 5_000), endedAs: 'orphaned' }], {
      seq: 1,
      turnover,
      orphans: buildOrphans(7, { orphanedAt: iso(NOW - 5_000), owners: [owner(4_711, 21)] }),
    });
    const answer = await leaksOf([orphaned], push);
    expect(answer.items).toMatchObject([{ count: 4, orphaned: 7, leaked: 7 }]);
    expect(answer.items[0]?.finding.verdict).not.toBe('turnover');
  });

  it('of another namespace are apart', async () => {
    const push = buildPush();
    const other = taken(waiting(4, 100), { netns: 3, namespace: { inode: 4_026_532_000, name: 'shop' }, seq: 1 });
    expect((await leaksOf([taken(waiting(2, 101)), other], push)).items).toMatchObject([{ count: 2 }]);
    expect((await leaksOf([], push, 3)).items).toMatchObject([{ subject: { netns: 3 }, count: 4 }]);
  });

  it('are none where nothing waits, or nothing is known', async () => {
    expect(await leaksOf([taken([])])).toEqual({ takenAt: iso(NOW), total: 0, items: [] });
    expect(await leaksOf([taken([])], buildPush(), 9)).toEqual({ takenAt: null, total: 0, items: [] });
  });
});
