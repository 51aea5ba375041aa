import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Incident, type ProcessTable } from '@closewatch/protocol';
import { HostStory } from '../testing/host-story.ts';
import { STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { iso } from '../testing/push-builder.ts';
import { buildPorts, buildProcess, buildProcessTable } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const MINUTE = 60_000 / STEP_MS;

let database: TestDatabase;
let clock: MovableClock;
let api: TestApi;
let cookie: string;
let host: HostStory;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new MovableClock();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

beforeEach(() => {
  host = new HostStory(clock);
});

afterEach(async () => {
  await database.query('DELETE FROM incident');
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const incidents = async (rule: string) =>
  (await api.read<{ items: Incident[] }>(cookie, `/api/v1/incidents?state=all&rule=${rule}`)).items.filter(
    ({ hostId }) => hostId === host.push.agentId,
  );

const shop = buildProcess(40, { unit: 'shop.service' });

function table(used: number): ProcessTable {
  const { items, ...rest } = buildProcessTable([shop, buildProcess(41)]);
  return {
    ...rest,
    items: items.map((item) => (item.process === shop ? { ...item, descriptors: { used, limit: 1_024 } } : item)),
  };
}

describe('an incident about descriptors', () => {
  beforeEach(async () => {
    await host.tell(api, 4 * MINUTE, (step) => ({ processes: table(1_000 + step) }));
    expect(await incidents('descriptors')).toMatchObject([{ state: 'open', figures: { used: 1_022 } }]);
  });

  it('ends a quarter of an hour after the first table in which the process has freed most of them', async () => {
    await host.tell(api, 14 * MINUTE, () => ({ processes: table(90) }));
    expect(await incidents('descriptors')).toMatchObject([{ state: 'open' }]);
    await host.tell(api, 2 * MINUTE, () => ({ processes: table(90) }));
    expect(await incidents('descriptors')).toMatchObject([
      { resolvedAs: 'recovered', peak: { figure: 'used', value: 1_022 } },
    ]);
  });

  it('goes on while no newer table says otherwise', async () => {
    await host.tell(api, 16 * MINUTE, () => ({}));
    expect(await incidents('descriptors')).toMatchObject([{ state: 'open', figures: { used: 1_023 } }]);
  });

  it('ends by the restart of its service, as the agent tells it', async () => {
    const at = iso(clock.now() + STEP_MS);
    const before = { pid: shop.pid, startedAt: shop.startedAt };
    const { command, ...process } = { ...shop, pid: 50, startedAt: at };
    const events = [{ at, kind: 'service_restarted' as const, process, before, replaced: false }];
    await host.tell(api, 2, (step) => ({ processes: buildProcessTable([]), ...(step === 1 ? { events } : {}) }));
    expect(command).toBe(shop.command);
    expect(await incidents('descriptors')).toMatchObject([{ resolvedAs: 'restart' }]);
  });
});

describe('an incident about ports', () => {
  it('changes its figures, and ends when the destination is among those told of no more', async () => {
    await host.tell(api, 10 * MINUTE, (step) => ({ ports: buildPorts(20_000 + step * 60) }));
    const last = 20_000 + 59 * 60;
    expect(await incidents('ports')).toMatchObject([{ state: 'open', figures: { used: last } }]);
    await host.tell(api, 2, (step) => ({ ports: buildPorts(last + 500 + step * 60) }));
    const peak = { figure: 'used', value: last + 560 };
    expect(await incidents('ports')).toMatchObject([{ state: 'open', peak }]);
    const none = { ...buildPorts(0), destinations: [], destinationCount: 0 };
    await host.tell(api, 16 * MINUTE, () => ({ ports: none }));
    expect(await incidents('ports')).toMatchObject([{ resolvedAs: 'recovered', peak }]);
  });
});
