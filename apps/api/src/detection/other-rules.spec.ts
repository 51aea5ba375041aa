import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Incident, type Push, type Snapshot } from '@closewatch/protocol';
import { DetectionHealth } from '../metrics/detection-health.ts';
import { LeakStory, look, STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { buildEvidence, buildPorts, buildProcess, buildProcessTable } from '../testing/section-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { NamespaceReader } from './namespace-reader.ts';

const MINUTE = 60_000 / STEP_MS;

let database: TestDatabase;
let folder: string;
let clock: MovableClock;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'closewatch-rules-'));
  const rules = join(folder, 'rules.yaml');
  await writeFile(
    rules,
    `states: [{ name: half open, state: SYN_RECV, above: 20, for: 30s, severity: critical, hosts: "web-*" }]
ignore: [{ rule: leak, port: 9999 }]`,
  );
  clock = new MovableClock();
  api = await TestApi.start({ databaseUrl: database.url, clock, environment: { CLOSEWATCH_RULES: rules } });
  cookie = await api.signIn();
});

let push: Push;
let sequence = 0;
beforeEach(() => {
  push = buildPush();
});

afterEach(async () => {
  await database.query('DELETE FROM incident');
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
  await rm(folder, { recursive: true });
});

/** The clock moves on by so many steps, in each of which the host tells what is made of the step's number. */
async function tell(steps: number, told: (step: number) => Partial<Snapshot>): Promise<void> {
  for (let step = 0; step < steps; step++) {
    clock.aheadMs += STEP_MS;
    const snapshot = { seq: sequence++, takenAt: iso(clock.now()), intervalMs: STEP_MS, ...told(step) };
    await api.pushed({ ...push, snapshots: [buildSnapshot(snapshot)] });
    await look(api);
  }
}

const incidents = async (rule: string) =>
  (await api.read<{ items: Incident[] }>(cookie, `/api/v1/incidents?state=all&rule=${rule}`)).items.filter(
    ({ hostId }) => hostId === push.agentId,
  );

describe('detection', () => {
  it('finds ports that run out towards one destination', async () => {
    await tell(10 * MINUTE, (step) => ({ ports: buildPorts(20_000 + step * 60) }));
    expect(await incidents('ports')).toMatchObject([
      {
        severity: 'warning',
        service: '198.51.100.7:443',
        subject: { of: 'destination', localAddress: '192.0.2.1', peer: { address: '198.51.100.7', port: 443 } },
      },
    ]);
  });

  it('finds a process that has used its descriptors, by the table of processes', async () => {
    const table = buildProcessTable([buildProcess(40, { unit: 'shop.service' }), buildProcess(41)]);
    const [shop, other] = table.items;
    if (shop === undefined || other === undefined) throw new Error('There are two of them.');
    await tell(4 * MINUTE, () => ({
      processes: { ...table, items: [{ ...shop, descriptors: { used: 1_010, limit: 1_024 } }, other] },
    }));
    expect(await incidents('descriptors')).toMatchObject([
      { severity: 'warning', service: 'shop', subject: { of: 'process', unit: 'shop.service' } },
    ]);
  });

  it('finds accept queues and TIME_WAIT that overflow, by the kernel’s counters', async () => {
    await tell(MINUTE, (step) => ({
      kernel: { counters: { ListenOverflows: 100 + step * 7, TCPTimeWaitOverflow: 50 + step * 3 } },
    }));
    expect(await incidents('accept_queue')).toMatchObject([{ state: 'open', subject: { of: 'listener', port: null } }]);
    expect(await incidents('time_wait_overflow')).toMatchObject([{ state: 'open', subject: { of: 'host' } }]);
  });

  it('finds a bound of one’s own passed, and leaves alone what is to be ignored', async () => {
    await tell(MINUTE, () => ({ counts: { syn_received: 30 } as Snapshot['counts'] }));
    expect(await incidents('threshold')).toMatchObject([
      {
        severity: 'critical',
        service: 'half open',
        subject: { of: 'state', state: 'syn_received', name: 'half open' },
      },
    ]);
    const story = new LeakStory({ clock, port: 9_999 });
    await story.leak(api, 2 * MINUTE, 10);
    push = story.push;
    expect(await incidents('leak')).toEqual([]);
  });

  it('finds a host that lacks CPU, and makes what it causes a part of that', async () => {
    const stalled = { cpu: { someAvg10: 95, fullAvg10: null }, memory: null, io: null };
    const story = new LeakStory({ clock, port: 8_443 });
    const holder = {
      ...buildProcess(story.process.pid),
      startedAt: story.process.startedAt,
      executable: '/usr/bin/node',
    };
    const starved = buildEvidence(holder, {
      cpu: { runMsPerSecond: 100, runQueueWaitMsPerSecond: 900 },
      waits: [{ state: 'R', wchan: null, syscall: null, threads: 12 }],
      polledAgoMs: null,
    });
    await story.leak(api, 3 * MINUTE, 10, { pressureStall: stalled, evidence: [starved] });
    push = story.push;
    const [parent] = await incidents('host_starved');
    expect(parent).toMatchObject({ severity: 'critical', state: 'open', children: 1 });
    expect(await incidents('leak')).toMatchObject([{ finding: { verdict: 'cpu_starved' }, parentId: parent?.id }]);
  });

  it('takes no host for silent that it could not have heard', async () => {
    await tell(1, () => ({}));
    // As if the server had been suspended, or its database away, for ten minutes.
    clock.aheadMs += 600_000;
    await look(api);
    expect(await incidents('host_silent')).toEqual([]);
    for (let step = 0; step < 2 * MINUTE; step++) {
      clock.aheadMs += STEP_MS;
      await look(api);
    }
    expect(await incidents('host_silent')).toMatchObject([{ state: 'open', subject: { of: 'host' } }]);
  });

  it('goes on with the other hosts when one makes trouble', async () => {
    await tell(1, () => ({ kernel: { counters: { ListenOverflows: 1 } } }));
    const broken = buildPush();
    await api.pushed({ ...broken, snapshots: [buildSnapshot({ takenAt: iso(clock.now()), ports: buildPorts(9) })] });
    await database.query(
      `UPDATE section_latest SET content = '{"destinations": 7}' FROM host
        WHERE host.host_id = section_latest.host_id AND kind = 'ports' AND agent_id = $1`,
      [broken.agentId],
    );
    const looks = jest.spyOn(NamespaceReader.prototype, 'readPast');
    await tell(2 * MINUTE, (step) => ({ kernel: { counters: { ListenOverflows: 100 + step * 7 } } }));
    expect(await incidents('accept_queue')).toMatchObject([{ state: 'open' }]);
    expect(api.app.get(DetectionHealth).round).toMatchObject({ shards: 16, troubled: 1 });
    // It is tried with others once; a minute later alone, and after them.
    const batches = looks.mock.calls.map(([batch]) => batch.map(({ host }) => host.agentId));
    looks.mockRestore();
    const tried = batches.filter((batch) => batch.includes(broken.agentId));
    expect(tried.slice(1).length).toBeGreaterThan(1);
    expect(tried.slice(1)).toEqual(tried.slice(1).map(() => [broken.agentId]));
  });
});
