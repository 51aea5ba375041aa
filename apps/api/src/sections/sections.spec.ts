import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AgentEvent,
  type Host,
  type HostOrphans,
  HostOrphansSchema,
  type HostPorts,
  HostPortsSchema,
  type HostProcesses,
  HostProcessesSchema,
  type Push,
  type Snapshot,
} from '@closewatch/protocol';
import fc from 'fast-check';
import {
  buildEvidence,
  buildOrphans,
  buildPorts,
  buildProcess,
  buildProcessTable,
} from '../testing/section-builder.ts';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** Whole seconds, far enough back that all of a story is in the past. */
const START = Math.floor(Date.now() / 1_000) * 1_000 - 600_000;
const at = (second: number): string => iso(START + second * 1_000);

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

/** A snapshot taken at a second of the story. */
function taken(second: number, sections: Partial<Snapshot>): Snapshot {
  return buildSnapshot({ seq: second, takenAt: at(second), ...sections });
}

async function tell(snapshots: Snapshot[], agent: Push = buildPush()): Promise<Push> {
  for (const snapshot of snapshots) await api.pushed({ ...agent, snapshots: [snapshot] });
  return agent;
}

const processes = ({ agentId }: Push, query = '') =>
  api.read<HostProcesses>(cookie, `/api/v1/hosts/${agentId}/processes${query}`);
const ports = ({ agentId }: Push, query = '') => api.read<HostPorts>(cookie, `/api/v1/hosts/${agentId}/ports${query}`);
const orphans = ({ agentId }: Push, query = '') =>
  api.read<HostOrphans>(cookie, `/api/v1/hosts/${agentId}/orphans${query}`);
const closeWait = async ({ agentId }: Push) =>
  (await api.read<Host>(cookie, `/api/v1/hosts/${agentId}`)).closeWait.orphaned;

describe('processes', () => {
  it('are the newest table, each with its evidence, and the evidence of those that it does not list yet', async () => {
    const [java, node, late] = [buildProcess(10), buildProcess(11), buildProcess(12)];
    const agent = await tell([
      taken(10, { processes: buildProcessTable([java]) }),
      taken(20, { processes: buildProcessTable([java, node], { others: 7, unowned: 2 }) }),
      taken(25, {
        evidence: [buildEvidence(node), buildEvidence(late)],
        pressureStall: { cpu: { someAvg10: 12.5, fullAvg10: null }, memory: null, io: null },
      }),
    ]);
    const answer = HostProcessesSchema.parse(await processes(agent));
    expect(answer).toMatchObject({ takenAt: at(20), others: 7, unowned: 2, nextCursor: null });
    expect(answer.items.map(({ process, evidence }) => [process.pid, evidence?.process.pid])).toEqual([
      [10, undefined],
      [11, 11],
    ]);
    expect(answer.evidence).toMatchObject({ takenAt: at(25), pressureStall: { cpu: { someAvg10: 12.5 } } });
    expect(answer.evidence.unlisted.map(({ process }) => process.pid)).toEqual([12]);
  });

  it('with a pid that is another process by now are not joined with its evidence', async () => {
    const process = buildProcess(10);
    const agent = await tell([
      taken(10, { processes: buildProcessTable([process]) }),
      taken(20, { evidence: [buildEvidence({ ...process, startedAt: at(15) })] }),
    ]);
    const { items, evidence } = await processes(agent);
    expect(items.map((item) => item.evidence)).toEqual([null]);
    expect(evidence.unlisted).toHaveLength(1);
  });

  it('that nobody has told of yet are not known, rather than none', async () => {
    const agent = await tell([taken(10, {})]);
    expect(await processes(agent)).toEqual({
      takenAt: null,
      items: [],
      nextCursor: null,
      others: 0,
      unowned: 0,
      evidence: { takenAt: null, unlisted: [], pressureStall: null },
    });
    expect(await ports(agent)).toEqual({ ports: null, kernel: null });
    expect(await orphans(agent)).toEqual({ takenAt: null, count: 0, items: [], nextCursor: null });
  });

  it('of each namespace are apart', async () => {
    const agent = await tell([
      taken(10, { processes: buildProcessTable([buildProcess(10)]) }),
      taken(11, { netns: 3, processes: buildProcessTable([buildProcess(33)]) }),
    ]);
    const pids = async (query: string) => (await processes(agent, query)).items.map(({ process }) => process.pid);
    expect([await pids(''), await pids('?netns=0'), await pids('?netns=3'), await pids('?netns=4')]).toEqual([
      [10],
      [10],
      [33],
      [],
    ]);
  });
});

describe('evidence', () => {
  it('of an earlier run no longer stands: its processes may be others', async () => {
    const before = await tell([taken(10, { evidence: [buildEvidence(buildProcess(10))], orphans: buildOrphans(4) })]);
    await tell([taken(20, {})], { ...before, runId: randomUUID() });
    expect((await processes(before)).evidence).toMatchObject({ takenAt: null, unlisted: [] });
    expect(await orphans(before)).toMatchObject({ takenAt: null, count: 0 });
    expect(await closeWait(before)).toBe(0);
  });
});

describe('orphans', () => {
  it('are listed, and counted with the host until the agent says that there are fewer', async () => {
    const agent = await tell([taken(10, { orphans: buildOrphans(3) })]);
    expect(HostOrphansSchema.parse(await orphans(agent))).toMatchObject({ takenAt: at(10), count: 3 });
    expect(await closeWait(agent)).toBe(3);
    await tell([taken(15, {})], agent);
    expect(await closeWait(agent)).toBe(3);
    await tell([taken(20, { orphans: buildOrphans(0) })], agent);
    expect([(await orphans(agent)).count, await closeWait(agent)]).toEqual([0, 0]);
  });

  it('of another namespace are not the host’s own', async () => {
    const agent = await tell([taken(10, {}), taken(11, { netns: 2, orphans: buildOrphans(5) })]);
    expect(await closeWait(agent)).toBe(0);
    expect((await orphans(agent, '?netns=2')).count).toBe(5);
  });

  it('of a clock ahead of ours are not orphaned in the future', async () => {
    const told = buildOrphans(1, { orphanedAt: iso(Date.now() + 30_000) });
    const agent = await tell([buildSnapshot({ takenAt: iso(Date.now() + 30_000), orphans: told })]);
    const { items } = await orphans(agent);
    expect(Date.parse(items[0]?.orphanedAt ?? '')).toBeLessThanOrEqual(Date.now());
  });
});

describe('ports', () => {
  it('come with the kernel’s facts, each as it was told last', async () => {
    const agent = await tell([
      taken(10, {
        ports: buildPorts(9),
        kernel: { counters: { TW: 5, ListenDrops: 1 }, sysctls: { 'net.ipv4.tcp_tw_reuse': '2' } },
      }),
      taken(20, { kernel: { counters: { TW: 8 }, fileHandles: { allocated: 900, max: 1_000 } } }),
    ]);
    const answer = HostPortsSchema.parse(await ports(agent));
    expect(answer.ports).toEqual({ takenAt: at(10), ...buildPorts(9) });
    expect(answer.kernel).toEqual({
      takenAt: at(20),
      counters: { TW: 8, ListenDrops: 1 },
      sysctls: { 'net.ipv4.tcp_tw_reuse': '2' },
      fileHandles: { allocated: 900, max: 1_000 },
    });
  });
});

describe('what is kept of sections', () => {
  type Kept = { kind: string; taken_at: Date; content: unknown };
  const kept = ({ agentId }: Push) =>
    database.query<Kept>(
      `SELECT netns_id, kind, taken_at, total, content FROM section_latest JOIN host USING (host_id) WHERE agent_id = $1
        ORDER BY netns_id, kind`,
      [agentId],
    );
  const event = (second: number): fc.Arbitrary<AgentEvent> =>
    fc.constantFrom<AgentEvent>(
      { at: at(second), kind: 'stalled', forMs: 4_000 },
      { at: at(second), kind: 'stalled', forMs: 5_000 },
      { at: at(3), kind: 'started', after: 'crash' },
    );
  const sections = (second: number): fc.Arbitrary<Partial<Snapshot>> =>
    fc.record(
      {
        netns: fc.constantFrom(0, 0, 2),
        orphans: fc.constant(buildOrphans(second)),
        evidence: fc.constant([buildEvidence(buildProcess(second))]),
        ports: fc.constant(buildPorts(second)),
        finWaits: fc.constant({ finWait1: { total: second, items: [] }, finWait2: { total: 0, items: [] } }),
        turnover: fc.constant([]),
        kernel: fc.record(
          {
            counters: fc
              .subarray(['TW', 'ListenDrops', 'OutRsts'] as const)
              .map((names) => Object.fromEntries(names.map((name) => [name, second]))),
            sysctls: fc.constant({ 'net.ipv4.tcp_fin_timeout': String(second) }),
          },
          { requiredKeys: [] },
        ),
        events: fc.array(event(second), { maxLength: 2 }),
      },
      { requiredKeys: ['netns'] },
    );
  const story = fc
    .uniqueArray(fc.integer({ min: 10, max: 60 }), { minLength: 1, maxLength: 6 })
    .chain((seconds) => fc.tuple(...seconds.map((second) => sections(second).map((told) => taken(second, told)))));
  const events = ({ agentId }: Push) =>
    database.query(
      'SELECT happened_at, kind, digest, content FROM agent_event JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY 1, 2, 3',
      [agentId],
    );

  it('is the same in any order, in any grouping, with any repeats', async () => {
    await fc.assert(
      fc.asyncProperty(
        story.chain((snapshots) =>
          fc.tuple(
            fc.constant(snapshots),
            fc.shuffledSubarray(snapshots, { minLength: snapshots.length }),
            fc.array(fc.constantFrom(...snapshots), { maxLength: 4 }),
            fc.integer({ min: 1, max: 4 }),
          ),
        ),
        async ([snapshots, shuffled, repeats, groupSize]) => {
          const straight = await tell(snapshots.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt)));
          const crooked = buildPush();
          const mixed = [...repeats, ...shuffled, ...repeats];
          for (let index = 0; index < mixed.length; index += groupSize) {
            await api.pushed({ ...crooked, snapshots: mixed.slice(index, index + groupSize) });
          }
          expect(await kept(crooked)).toEqual(await kept(straight));
          expect(await events(crooked)).toEqual(await events(straight));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is nothing for a snapshot that tells nothing', async () => {
    expect(await kept(await tell([taken(10, {})]))).toEqual([]);
  });
});
