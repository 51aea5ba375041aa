import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, type FinWaits, type Snapshot } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildPorts } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { TwoEndsService } from './two-ends.service.ts';

const NOW = Date.now();
const SERVER = { address: '10.0.0.1', port: 8_080 };
const CLIENT = '10.0.0.2';

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

const inbound = (port: number, at = NOW - 120_000, overrides: Partial<Connection> = {}): Connection =>
  buildConnection(`socket-${port}`, at, { local: SERVER, peer: { address: CLIENT, port }, ...overrides });

function finWaits(...ports: number[]): FinWaits {
  const items = ports.map((port) => ({ local: { address: CLIENT, port }, peer: SERVER }));
  return { finWait1: { total: 0, items: [] }, finWait2: { total: items.length, items } };
}

/** Tells of a host by one snapshot; returns its agentId. */
async function told(hostname: string, snapshot: Partial<Snapshot>): Promise<string> {
  const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(NOW - 5_000), ...snapshot })] });
  await api.pushed({ ...push, agent: { ...push.agent, hostname } });
  return push.agentId;
}

async function ask(agentId: string, connections: readonly Connection[]) {
  const [host] = await database.query<{ id: number }>(`SELECT host_id AS id FROM host WHERE agent_id = '${agentId}'`);
  const question = { hostId: host?.id ?? 0, netns: 0, connections, now: NOW };
  return api.app.get(TwoEndsService).evidence(api.app.get(DataSource).manager, question);
}

describe('both ends of connections', () => {
  it('are told where the peer reports too: who closed, who is gone, and which old tuple is in the way', async () => {
    const connections = [inbound(40_001), inbound(40_002), inbound(40_003, NOW - 60_000)];
    const server = await told('server-1', { connections });
    const ports = buildPorts(5);
    const destinations = [{ localAddress: CLIENT, peer: SERVER, used: 5, timeWait: 0, available: 28_232 }];
    const client = await told('client-2', { finWaits: finWaits(40_001), ports: { ...ports, destinations } });
    const elsewhere = buildConnection('socket-far', NOW - 120_000, { peer: { address: '203.0.113.9', port: 443 } });
    const { states, items, oldTuples } = await ask(server, [...connections, elsewhere]);
    expect(states).toEqual({ fin_wait_1: 0, fin_wait_2: 1, close_wait: 0, gone: 2, unknown: 1 });
    expect(items.map(({ socketId, peerEnd }) => [socketId, peerEnd.hostname, peerEnd.state, peerEnd.ground])).toEqual([
      ['socket-40001', 'client-2', 'fin_wait_2', 'seen'],
      ['socket-40002', 'client-2', 'gone', 'not_there'],
      ['socket-40003', 'client-2', 'gone', 'not_there'],
      ['socket-far', null, 'unknown', 'no_host'],
    ]);
    expect(items[0]?.peerEnd).toMatchObject({ hostId: client, netns: 0, asOf: iso(NOW - 5_000) });
    expect(oldTuples.map(({ peer, stillUsed }) => [peer.port, stillUsed])).toEqual([
      [40_002, 5],
      [40_003, 5],
    ]);
  });

  it('name a tuple whose peer came again, though that host tells of no destinations', async () => {
    const peer = (port: number) => ({ peer: { address: '10.0.7.2', port } });
    const connections = [inbound(41_001, NOW - 120_000, peer(41_001)), inbound(41_002, NOW - 90_000, peer(41_002))];
    const server = await told('server-7', { connections });
    const items = [{ local: { address: '10.0.7.2', port: 9 }, peer: SERVER }];
    await told('client-7', { finWaits: { ...finWaits(), finWait1: { total: 1, items } } });
    const { oldTuples } = await ask(server, connections);
    expect(oldTuples).toMatchObject([{ peer: { port: 41_001 }, stillUsed: null }]);
  });

  it('are both in CLOSE_WAIT where each says so', async () => {
    const ours = { local: { address: '10.0.8.1', port: 8_080 }, peer: { address: '10.0.8.2', port: 50_000 } };
    const connection = buildConnection('socket-ours', NOW - 60_000, ours);
    const server = await told('server-8', { connections: [connection] });
    const theirs = { local: ours.peer, peer: ours.local, direction: 'outbound' as const };
    await told('client-8', { connections: [buildConnection('socket-theirs', NOW - 60_000, theirs)] });
    expect((await ask(server, [connection])).items[0]?.peerEnd).toMatchObject({
      hostname: 'client-8',
      state: 'close_wait',
      ground: 'seen',
    });
  });

  it('of a host that is known by a connection that has ended only: it does not tell of its closing sockets', async () => {
    const was = { local: { address: '10.0.9.2', port: 50_000 }, peer: { address: '203.0.113.5', port: 443 } };
    const ended = { endedAt: iso(NOW - 20_000), endedAs: 'closed' as const };
    await told('client-9', { connections: [buildConnection('socket-was', NOW - 60_000, { ...was, ...ended })] });
    const connection = buildConnection('socket-nine', NOW - 60_000, { peer: { address: '10.0.9.2', port: 1 } });
    const server = await told('server-9', { connections: [connection] });
    expect((await ask(server, [connection])).items[0]?.peerEnd).toMatchObject({
      hostname: 'client-9',
      state: 'unknown',
      ground: 'not_told',
    });
  });

  it('are answered for nothing with nothing', async () => {
    expect(await ask(await told('server-0', {}), [])).toMatchObject({ items: [], oldTuples: [] });
  });
});
