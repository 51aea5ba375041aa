import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Incident, type ProcessTable, type Snapshot } from '@closewatch/protocol';
import { HostStory } from '../testing/host-story.ts';
import { STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { iso } from '../testing/push-builder.ts';
import { buildPorts, buildProcess, buildProcessTable } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const MINUTE = 60_000 / STEP_MS;

let database: TestDatabase;
let folder: string;
let clock: MovableClock;
let api: TestApi;
let cookie: string;
let host: HostStory;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new MovableClock();
  folder = await mkdtemp(join(tmpdir(), 'closewatch-rules-'));
  const rules = join(folder, 'rules.yaml');
  await writeFile(rules, 'states: [{ name: many, state: CLOSE_WAIT, above: 20, for: 30s, severity: critical }]');
  api = await TestApi.start({ databaseUrl: database.url, clock, environment: { CLOSEWATCH_RULES: rules } });
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
  await rm(folder, { recursive: true });
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

describe('an incident about a bound of one’s own', () => {
  const waiting = (count: number) => ({ counts: { close_wait: count } as Snapshot['counts'] });

  it('changes its figures, and clears when the bound is kept', async () => {
    await host.tell(api, MINUTE, (step) => waiting(30 + step));
    expect(await incidents('threshold')).toMatchObject([{ severity: 'critical', figures: { above: 20 } }]);
    await host.tell(api, MINUTE, () => waiting(50));
    expect(await incidents('threshold')).toMatchObject([{ figures: { value: 50 }, peak: { value: 50 } }]);
    await host.tell(api, 16 * MINUTE, () => waiting(20));
    expect(await incidents('threshold')).toMatchObject([{ resolvedAs: 'recovered', peak: { value: 50 } }]);
  });

  it('in a namespace that has ended ends with it', async () => {
    const shopSpace = { netns: 3, namespace: { inode: 4_026_532_000, name: 'shop' } };
    await host.tell(api, MINUTE, () => ({ ...shopSpace, ...waiting(30) }));
    const subject = { of: 'state', netns: 3, state: 'close_wait', name: 'many' };
    expect(await incidents('threshold')).toMatchObject([{ state: 'open', subject }]);
    await host.tell(api, 1, () => ({ ...shopSpace, counts: {} as Snapshot['counts'] }));
    await host.tell(api, 27 * MINUTE, () => waiting(0));
    expect(await incidents('threshold')).toMatchObject([{ resolvedAs: 'recovered', subject }]);
  });
});

describe('an incident about a host', () => {
  it('that lacked CPU ends when its tasks wait no more', async () => {
    const stalled = (someAvg10: number) => ({
      pressureStall: { cpu: { someAvg10, fullAvg10: null }, memory: null, io: null },
    });
    await host.tell(api, 2 * MINUTE, () => stalled(70));
    expect(await incidents('host_starved')).toMatchObject([{ severity: 'warning' }]);
    await host.tell(api, 2 * MINUTE, () => stalled(95));
    const peak = { figure: 'stallShare', value: 0.95 };
    expect(await incidents('host_starved')).toMatchObject([{ severity: 'critical', peak }]);
    await host.tell(api, 17 * MINUTE, () => stalled(1));
    expect(await incidents('host_starved')).toMatchObject([{ resolvedAs: 'recovered', peak }]);
  });

  it('whose clock was off ends when it is set', async () => {
    host.push.agent.clockOffsetMs = 30_000;
    await host.tell(api, MINUTE, () => ({}));
    expect(await incidents('clock_skew')).toMatchObject([{ severity: 'warning', figures: { skewMs: 30_000 } }]);
    host.push.agent.clockOffsetMs = -400_000;
    await host.tell(api, MINUTE, () => ({}));
    const peak = { figure: 'skewMs', value: 400_000 };
    expect(await incidents('clock_skew')).toMatchObject([
      { severity: 'critical', figures: { offsetMs: -400_000 }, peak },
    ]);
    host.push.agent.clockOffsetMs = 0;
    await host.tell(api, 16 * MINUTE, () => ({}));
    expect(await incidents('clock_skew')).toMatchObject([{ resolvedAs: 'recovered', peak }]);
  });
});
