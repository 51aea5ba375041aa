import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, type Incident, type IncidentDetails, type Push } from '@closewatch/protocol';
import { leakKey, type LeakSubject } from '@closewatch/socket-states';
import { look, STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { foldedByPeer, withAnyPeer } from './any-peer.ts';

const service = { executable: '/usr/bin/node', unit: 'shop.service', containerId: null };
const towards = (address: string, port = 443): LeakSubject => ({
  ...{ netns: 0, service, ownership: 'known', direction: 'outbound', endpoint: { address, port } },
});
const NOTHING = { kept: new Set<string>(), remembers: () => false };
const many = Array.from({ length: 11 }, (_, index) => towards(`198.51.100.${index}`));
const [first] = many;
if (first === undefined) throw new Error('There are eleven.');
const whole = withAnyPeer(first);

describe('the peers of a service', () => {
  it('are judged one by one while they are few, by service and port', () => {
    const subjects = [...many.slice(1), towards('198.51.100.99', 80), { ...first, service: null }];
    expect(subjects.map(foldedByPeer(subjects, NOTHING))).toEqual(subjects);
  });

  it('are judged as one when they are many, but for those of an open incident', () => {
    const known = { ...NOTHING, kept: new Set([leakKey(first)]) };
    const judgedAs = foldedByPeer(many, known);
    expect(many.map(judgedAs)).toEqual([first, ...many.slice(1).map(() => whole)]);
    expect(judgedAs(towards('198.51.100.1', 80))).toEqual(towards('198.51.100.1', 80));
  });

  it('are not when most of them only pass through CLOSE_WAIT', () => {
    const leaked = many.slice(1);
    expect(many.map(foldedByPeer(leaked, NOTHING))).toEqual(many);
  });

  it('stay one while that is remembered, however few they become', () => {
    const remembers = (key: string): boolean => key === leakKey(whole);
    expect(foldedByPeer([], { ...NOTHING, remembers })(first)).toEqual(whole);
  });
});

describe('a leak towards addresses that come and go', () => {
  let database: TestDatabase;
  const clock = new MovableClock();
  let api: TestApi;
  let cookie: string;
  const push: Push = buildPush();
  const open: Connection[] = [];
  let sequence = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await TestApi.start({ databaseUrl: database.url, clock });
    cookie = await api.signIn();
  });

  afterAll(async () => {
    await api?.stop();
    await database?.drop();
  });

  /** In each step one more of each of two new addresses. */
  async function leak(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      clock.aheadMs += STEP_MS;
      for (let index = 0; index < 2; index++) {
        const number = open.length;
        const { executable, unit } = service;
        const holder = { pid: 7, startedAt: iso(Date.now() - 86_400_000), executable, unit, command: 'node' };
        open.push(
          buildConnection(`socket-${number}`, clock.now(), {
            ...{ direction: 'outbound', local: { address: '192.0.2.1', port: 40_000 + number }, recvQueue: 0 },
            ...{ peer: { address: `198.51.100.${number}`, port: 443 }, owners: [{ ...holder, descriptor: number }] },
          }),
        );
      }
      const takenAt = iso(clock.now());
      const connections = open.map((connection) => ({ ...connection, lastSeenAt: takenAt }));
      const snapshot = buildSnapshot({ seq: sequence++, takenAt, intervalMs: STEP_MS, connections });
      await api.pushed({ ...push, snapshots: [snapshot] });
      await look(api);
    }
  }

  const incidents = async () =>
    (await api.read<{ items: Incident[] }>(cookie, '/api/v1/incidents?state=all&rule=leak')).items;

  it('is one incident, of the service and the port, with all that leaks as its evidence', async () => {
    await leak(24);
    const found = await incidents();
    expect(found).toMatchObject([
      { state: 'open', service: 'shop', subject: { direction: 'outbound', endpoint: { address: null, port: 443 } } },
    ]);
    const { evidence } = await api.read<IncidentDetails>(cookie, `/api/v1/incidents/${found[0]?.id}`);
    const peers = evidence.find(({ kind }) => kind === 'peers');
    expect((peers?.content as { total: number }).total).toBeGreaterThan(20);
  });

  it('goes on as that one on another server, which makes its past again', async () => {
    await api.stop();
    api = await TestApi.start({ databaseUrl: database.url, clock });
    cookie = await api.signIn();
    await leak(6);
    expect(await incidents()).toMatchObject([{ state: 'open', figures: { leaked: expect.any(Number) } }]);
    const { figures } = (await incidents())[0] ?? {};
    expect(figures?.leaked).toBeGreaterThan(40);
  });
});
