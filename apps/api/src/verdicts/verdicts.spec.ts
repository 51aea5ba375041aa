import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Connection,
  type ConnectionDetails,
  ConnectionDetailsSchema,
  type ConnectionDiff,
  type ConnectionGroups,
  type ConnectionItem,
  type ConnectionSearch,
  HostVerdictsSchema,
  type LeakGroups,
  LeakGroupsSchema,
  type Page,
  type Snapshot,
} from '@closewatch/protocol';
import { expectChain, pictureOf } from '../testing/live-chain.ts';
import { LiveClient } from '../testing/live-client.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildEvidence, buildProcess } from '../testing/section-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const NOW = Date.now();

let database: TestDatabase;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const STOPPED = {
  waits: [{ state: 'T', wchan: 'do_signal_stop', syscall: null, threads: 12 }],
  polledAgoMs: null,
  cpu: { runMsPerSecond: 0, runQueueWaitMsPerSecond: 0 },
};
const owner = (pid: number) => ({ ...buildProcess(pid), descriptor: 21 });

/** In CLOSE_WAIT for so many seconds at NOW, held by a process. */
function held(socketId: string, pid: number, ageSeconds: number, overrides: Partial<Connection> = {}): Connection {
  const since = NOW - ageSeconds * 1_000;
  return buildConnection(socketId, since, { lastSeenAt: iso(NOW), owners: [owner(pid)], ...overrides });
}

/** A host whose process 10 is stopped and holds three, and whose process 11 is well and has read the end of two. */
async function tellHost(overrides: Partial<Snapshot> = {}) {
  const connections = [
    ...[0, 1, 2].map((index) => held(`stopped-${index}`, 10, 300 + index, { recvQueue: 9 })),
    ...[0, 1].map((index) =>
      held(`healthy-${index}`, 11, 200 + index, { recvQueue: 0, peer: { address: '198.51.100.8', port: 9 } }),
    ),
  ];
  const evidence = [buildEvidence(buildProcess(10), STOPPED), buildEvidence(buildProcess(11))];
  const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(NOW), connections, evidence, ...overrides })] });
  await api.pushed(push);
  return { push, id: push.agentId, connections, evidence };
}

const verdicts = (items: readonly ConnectionItem[]) =>
  items.map(({ socketId, verdict }) => [socketId, verdict?.verdict]).sort();

const EXPECTED = [
  ['healthy-0', 'code_leak'],
  ['healthy-1', 'code_leak'],
  ['stopped-0', 'stopped'],
  ['stopped-1', 'stopped'],
  ['stopped-2', 'stopped'],
];

describe('why connections do not close', () => {
  it('is said of each in lists and searches by the evidence of the process that holds it', async () => {
    const { id } = await tellHost();
    const list = await api.read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${id}/connections`);
    expect(verdicts(list.items)).toEqual(EXPECTED);
    expect(list.items[0]?.verdict).toMatchObject({
      advice: { key: 'advice.stopped', parameters: { pid: 10 } },
      missing: [],
    });
    expect(list.items[0]?.verdict?.for.map(({ key }) => key)).toContain('reason.stopped');
    const found = await api.read<ConnectionSearch>(cookie, `/api/v1/connections?host=${id}`);
    expect(verdicts(found.items)).toEqual(EXPECTED);
    const diff = await api.read<ConnectionDiff>(cookie, `/api/v1/hosts/${id}/connections/diff?a=${iso(NOW - 250_000)}`);
    expect(verdicts(diff.items)).toEqual(EXPECTED.slice(0, 2));
  });

  it('is said of an earlier instant by what the connections keep, and names what is missing', async () => {
    const { id } = await tellHost();
    const { items } = await api.read<Page<ConnectionItem>>(
      cookie,
      `/api/v1/hosts/${id}/connections?at=${iso(NOW - 10_000)}`,
    );
    const found = Object.fromEntries(items.map(({ socketId, verdict }) => [socketId, verdict]));
    expect(found['stopped-0']).toMatchObject({ verdict: 'unknown', missing: [{ key: 'missing.process' }] });
    expect(found['healthy-0']).toMatchObject({
      verdict: 'code_leak',
      missing: [{ key: 'missing.process' }, { key: 'missing.progress' }],
    });
    expect(found['healthy-0']?.confidence).toBeLessThan(0.7);
  });

  it('is not said by evidence that an earlier run of the agent told: the process may be another', async () => {
    const { push, id, connections } = await tellHost();
    const runId = '6f1c1d5e-44b5-4c8c-9d0c-0c3c0f4f7d11';
    const later = buildSnapshot({ takenAt: iso(NOW + 1_000), connections });
    await api.pushed({ ...push, runId, snapshots: [later] });
    const list = await api.read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${id}/connections`);
    expect(list.items[0]?.verdict).toMatchObject({ verdict: 'unknown', missing: [{ key: 'missing.process' }] });
  });

  it('is turnover of young ones at an endpoint where most of those that came have gone', async () => {
    const young = held('socket-young', 11, 5, { recvQueue: 0 });
    const endpoint = { address: null, port: young.local.port };
    const turnover = [
      {
        direction: 'inbound' as const,
        endpoint,
        process: { pid: 11, executable: '/usr/bin/java' },
        opened: 40,
        closed: 39,
        alive: 1,
      },
    ];
    const { id } = await tellHost({ connections: [young], turnover });
    const list = await api.read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${id}/connections`);
    expect(verdicts(list.items)).toEqual([['socket-young', 'turnover']]);
  });

  it('is said of groups: of most of their connections', async () => {
    const { id } = await tellHost();
    const groups = async (by: string, more = '') =>
      (await api.read<ConnectionGroups>(cookie, `/api/v1/hosts/${id}/connections/groups?by=${by}${more}`)).items.map(
        ({ count, verdict }) => [count, verdict?.verdict],
      );
    expect(await groups('process')).toEqual([
      [3, 'stopped'],
      [2, 'code_leak'],
    ]);
    expect(await groups('port')).toEqual([[5, 'stopped']]);
    expect(await groups('peer')).toEqual([
      [3, 'stopped'],
      [2, 'code_leak'],
    ]);
    expect(await groups('process', `&at=${iso(NOW - 10_000)}`)).toEqual([
      [3, 'unknown'],
      [2, 'code_leak'],
    ]);
  });

  it('agrees between a group and its only connection, and with the list', async () => {
    const { id } = await tellHost({
      connections: [held('socket-alone', 10, 300, { sendQueue: 9, lastSentAt: iso(NOW - 200_000) })],
    });
    const [item] = (await api.read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${id}/connections`)).items;
    const [group] = (await api.read<ConnectionGroups>(cookie, `/api/v1/hosts/${id}/connections/groups?by=process`))
      .items;
    expect(item?.verdict?.verdict).toBe('send_blocked');
    expect(group?.verdict).toMatchObject({ verdict: 'send_blocked', confidence: item?.verdict?.confidence });
  });
});

describe('one connection', () => {
  it('is told with its verdict, its leak, its other end and what to type on the host', async () => {
    const { id } = await tellHost();
    const details = await api.read<ConnectionDetails>(cookie, `/api/v1/hosts/${id}/connections/stopped-1`);
    expect(ConnectionDetailsSchema.parse(details)).toEqual(details);
    expect(details).toMatchObject({
      host: { id, hostname: 'web-1' },
      netns: 0,
      connection: { socketId: 'stopped-1', verdict: { verdict: 'stopped' } },
      peerEnd: { state: 'unknown', ground: 'no_host' },
      oldTuple: null,
      leak: { subject: { service: { executable: '/usr/bin/java' } }, count: 5 },
      commands: [
        {
          program: 'ss',
          command: "ss -tnpoemi state close-wait '( src 192.0.2.1:8080 and dst 198.51.100.7:51234 )'",
        },
        { program: 'lsof', command: 'lsof -nP -a -p 10 -d 21' },
      ],
    });
  });

  it('that has ended is told as of its end, without what only an open one has', async () => {
    const ended = held('socket-ended', 10, 100, {
      endedAt: iso(NOW - 20_000),
      endedAs: 'closed',
      lastSeenAt: iso(NOW - 25_000),
    });
    const { id } = await tellHost({ connections: [ended] });
    const details = await api.read<ConnectionDetails>(cookie, `/api/v1/hosts/${id}/connections/socket-ended`);
    expect(details).toMatchObject({
      connection: { endedAs: 'closed', ageSeconds: { atLeast: 80 }, verdict: { verdict: 'unknown' } },
      peerEnd: null,
      leak: null,
      commands: [],
    });
  });

  it('of another host, or of none, is 404; an id that is none is 400', async () => {
    const [{ id }, other] = [await tellHost(), await tellHost({ connections: [held('socket-theirs', 10, 90)] })];
    const get = (path: string) => api.request('GET', `/api/v1/hosts/${path}`, { headers: { cookie } });
    expect(errorOf(await get(`${id}/connections/socket-theirs`)).statusCode).toBe(404);
    expect((await get(`${other.id}/connections/socket-theirs`)).status).toBe(200);
    expect(errorOf(await get(`${buildPush().agentId}/connections/stopped-1`)).statusCode).toBe(404);
    expect(errorOf(await get(`${id}/connections/no'socket`)).statusCode).toBe(400);
  });
});

describe('leaks of a host', () => {
  it('are read as they are found, and as CSV', async () => {
    const { id } = await tellHost();
    const leaks = await api.read<LeakGroups>(cookie, `/api/v1/hosts/${id}/leaks`);
    expect(LeakGroupsSchema.parse(leaks)).toEqual(leaks);
    expect(leaks).toMatchObject({
      takenAt: iso(NOW),
      items: [{ count: 5, leaked: 5, finding: { verdict: 'stopped' } }],
    });
    const csv = await api.read<string>(cookie, `/api/v1/hosts/${id}/leaks?format=csv`);
    expect(csv.split('\r\n')[1]).toMatch(/^0,\/usr\/bin\/java,,,known,10; 11,inbound,,8080,5,5,0,/);
    expect(
      (await api.request('GET', `/api/v1/hosts/${buildPush().agentId}/leaks`, { headers: { cookie } })).status,
    ).toBe(404);
  });

  it('are told live with verdicts, and again only when they say something new', async () => {
    const { push, id, connections, evidence } = await tellHost();
    const client = await LiveClient.connect(api.url, { cookie });
    try {
      const picture = pictureOf(await client.watchHost(id));
      expect(picture.leaks).toMatchObject([{ count: 5, finding: { verdict: 'stopped' } }]);
      expect(picture.connections[0]?.verdict).toMatchObject({ verdict: 'stopped', for: [], against: [], missing: [] });
      const told = (seconds: number, more: Partial<Snapshot>) =>
        api.pushed({
          ...push,
          snapshots: [buildSnapshot({ takenAt: iso(NOW + seconds * 1_000), connections, evidence, ...more })],
        });
      const wavering = evidence.map((one) => ({ ...one, watchedMs: one.watchedMs + 1_000 }));
      await told(1, { evidence: wavering });
      await client.until(() => client.messages('host:snapshot').length === 1);
      const woken = [buildEvidence(buildProcess(10)), ...evidence.slice(1)];
      await told(2, { evidence: woken });
      await client.until(() => client.messages('host:verdicts').length === 1);
      const [news] = client.messages('host:verdicts').map((message) => HostVerdictsSchema.parse(message));
      expect(news).toMatchObject({ hostId: id, netns: 0, leaks: [{ finding: { verdict: 'not_reading' } }] });
      const changed = client.messages('host:connections').flatMap((message) => message.changed);
      expect(verdicts(changed)).toEqual([0, 1, 2].map((index) => [`stopped-${index}`, 'not_reading']));
      await told(3, { evidence: woken, connections: [...connections, held('socket-new', 10, 1)] });
      await client.until(() => client.messages('host:verdicts').length === 2);
      expectChain(
        picture.cursor,
        client.heard.map(({ message }) => message),
      );
    } finally {
      client.close();
    }
  });
});
