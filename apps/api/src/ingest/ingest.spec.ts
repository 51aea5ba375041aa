import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Host, type Page, PushAnswerSchema } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

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

async function storedSnapshots(agentId: string): Promise<string[]> {
  const rows = await database.query<{ takenAt: Date }>(
    'SELECT taken_at AS "takenAt" FROM snapshot JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY taken_at',
    [agentId],
  );
  return rows.map(({ takenAt }) => takenAt.toISOString());
}

describe('POST /api/v1/snapshots', () => {
  it('stores snapshots and answers with what it did', async () => {
    const now = Date.now();
    const push = buildPush({
      snapshots: [buildSnapshot({ seq: 0, takenAt: iso(now - 5_000) }), buildSnapshot({ seq: 1, takenAt: iso(now) })],
    });
    const answer = await api.pushed(push);
    expect(answer).toMatchObject({ accepted: 2, duplicate: 0, rejected: [], resync: false });
    expect(Math.abs(Date.parse(answer.serverTime) - Date.now())).toBeLessThan(5_000);
    expect(await storedSnapshots(push.agentId)).toEqual([iso(now - 5_000), iso(now)]);
  });

  it('shows the host with the counts of its newest snapshot, whatever arrives later', async () => {
    const now = Date.now();
    const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(now), counts: { established: 42 } as never })] });
    await api.pushed(push);
    const late = {
      ...push,
      snapshots: [buildSnapshot({ takenAt: iso(now - MINUTE_MS), counts: { established: 7 } as never })],
    };
    await api.pushed(late);
    const { items } = await api.read<Page<Host>>(await api.signIn(), '/api/v1/hosts?limit=1000');
    const host = items.find(({ id }) => id === push.agentId);
    expect(host).toMatchObject({
      hostname: 'web-1',
      status: 'live',
      lastSeenAt: iso(now),
      firstSeenAt: iso(now - MINUTE_MS),
    });
    expect(host?.counts).toMatchObject({ established: 42, listen: 3, time_wait: null });
  });

  it('takes how often a host is sampled from its own namespace, not from others, which are sampled less often', async () => {
    const now = Date.now();
    const own = buildSnapshot({ takenAt: iso(now - 2_000), intervalMs: 5_000 });
    const other = buildSnapshot({ takenAt: iso(now - 1_000), intervalMs: 30_000, netns: 3 });
    const push = buildPush({ snapshots: [own, other] });
    const interval = async () => (await api.read<Host>(cookie, `/api/v1/hosts/${push.agentId}`)).intervalMs;
    const cookie = await api.signIn();
    await api.pushed(push);
    expect(await interval()).toBe(5_000);
    await api.pushed({ ...push, snapshots: [{ ...other, takenAt: iso(now) }] });
    expect(await interval()).toBe(5_000);
  });

  it('counts a repeat as a duplicate and stores it once', async () => {
    const push = buildPush();
    await api.pushed(push);
    expect(await api.pushed(push)).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(await storedSnapshots(push.agentId)).toHaveLength(1);
  });

  it('counts a repeat within one push, in another spelling of the same instant too', async () => {
    const takenAt = iso(Date.now()).replace(/\.\d+Z$/, '.500Z');
    const push = buildPush({
      snapshots: [buildSnapshot({ takenAt }), buildSnapshot({ takenAt: takenAt.replace('.500Z', '.5Z') })],
    });
    expect(await api.pushed(push)).toMatchObject({ accepted: 1, duplicate: 1 });
  });

  it('stores repeats once when they come at the same moment', async () => {
    const push = buildPush();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.pushed(push)));
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1);
    expect(answers.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(19);
    expect(await storedSnapshots(push.agentId)).toHaveLength(1);
  });

  it('takes many agents at once in a few transactions', async () => {
    const pushes = Array.from({ length: 100 }, () => buildPush());
    const answers = await Promise.all(pushes.map((push) => api.pushed(push)));
    expect(answers.every(({ accepted }) => accepted === 1)).toBe(true);
    const rows = await database.query<{ transactions: number }>(
      'SELECT count(DISTINCT host.xmin::text)::integer AS transactions FROM host WHERE agent_id = ANY($1)',
      [pushes.map(({ agentId }) => agentId)],
    );
    expect(rows[0]?.transactions).toBeLessThan(50);
  });

  it('rejects a bad snapshot alone and says what is wrong', async () => {
    const now = Date.now();
    const push = buildPush({
      snapshots: [
        buildSnapshot({ takenAt: iso(now - 2_000) }),
        { ...buildSnapshot({ takenAt: iso(now - 1_000) }), counts: { listen: -1 } } as never,
        buildSnapshot({ takenAt: iso(now) }),
      ],
    });
    const answer = await api.pushed(push);
    expect(answer).toMatchObject({ accepted: 2, duplicate: 0 });
    expect(answer.rejected).toEqual([{ index: 1, issues: [expect.objectContaining({ path: 'counts.listen' })] }]);
    expect(await storedSnapshots(push.agentId)).toEqual([iso(now - 2_000), iso(now)]);
  });

  it('takes late snapshots within the retention of 35 days, and rejects older ones and those from far ahead', async () => {
    const now = Date.now();
    const push = buildPush({
      snapshots: [
        buildSnapshot({ takenAt: iso(now - 34 * DAY_MS) }),
        buildSnapshot({ takenAt: iso(now - 36 * DAY_MS) }),
        buildSnapshot({ takenAt: iso(now + MINUTE_MS - 5_000) }),
        buildSnapshot({ takenAt: iso(now + MINUTE_MS + 5_000) }),
      ],
    });
    const { accepted, rejected } = await api.pushed(push);
    expect(accepted).toBe(2);
    expect(rejected.map(({ index, issues }) => [index, issues[0]?.path])).toEqual([
      [1, 'takenAt'],
      [3, 'takenAt'],
    ]);
  });

  it('rejects what only the database refuses, alone, among others of the same moment', async () => {
    await database.query('ALTER TABLE snapshot ADD CONSTRAINT no_poison CHECK (last_ack IS DISTINCT FROM 666)');
    const now = Date.now();
    const poisoned = buildPush({
      snapshots: [
        buildSnapshot({ takenAt: iso(now - 1_000) }),
        buildSnapshot({ takenAt: iso(now), counts: { last_ack: 666 } as never }),
      ],
    });
    const healthy = Array.from({ length: 5 }, () => buildPush());
    const [answer, ...others] = await Promise.all([poisoned, ...healthy].map((push) => api.pushed(push)));
    expect(answer).toMatchObject({ accepted: 1, duplicate: 0 });
    expect(answer?.rejected).toEqual([{ index: 1, issues: [{ path: '', message: expect.stringContaining('23514') }] }]);
    expect(others.map(({ accepted }) => accepted)).toEqual([1, 1, 1, 1, 1]);
    await database.query('ALTER TABLE snapshot DROP CONSTRAINT no_poison');
  });

  it('makes a partition again that somebody dropped', async () => {
    const takenAt = Date.now() - 20 * DAY_MS;
    // As if nothing had been packed since.
    const open = iso(takenAt - DAY_MS);
    await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [open]);
    const push = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(takenAt) })] });
    await api.pushed(push);
    await database.query(`DROP TABLE snapshot_p${iso(takenAt).slice(0, 10).replaceAll('-', '')}`);
    expect(await api.pushed(push)).toMatchObject({ accepted: 1 });
  });

  it('asks for a full set until it has one from this run', async () => {
    const now = Date.now();
    const partial = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(now - 3_000), complete: false })] });
    expect(await api.pushed(partial)).toMatchObject({ resync: true });
    const complete = { ...partial, snapshots: [buildSnapshot({ takenAt: iso(now - 2_000) })] };
    expect(await api.pushed(complete)).toMatchObject({ resync: false });
    const next = { ...partial, snapshots: [buildSnapshot({ takenAt: iso(now - 1_000), complete: false })] };
    expect(await api.pushed(next)).toMatchObject({ resync: false });
    expect(
      await api.pushed({
        ...next,
        runId: randomUUID(),
        snapshots: [buildSnapshot({ takenAt: iso(now), complete: false })],
      }),
    ).toMatchObject({ resync: true });
  });
});

describe('a cloned agentId', () => {
  it('is told so with what to do, and the first goes on', async () => {
    const first = buildPush();
    await api.pushed(first);
    const clone = buildPush({ agentId: first.agentId, agent: { ...first.agent, machineId: 'other' } });
    const error = errorOf(await api.push(clone));
    expect(error).toMatchObject({ statusCode: 409, error: 'cloned', message: expect.stringContaining('agent-id') });
    expect(await storedSnapshots(first.agentId)).toHaveLength(1);
    const goesOn = { ...first, snapshots: [buildSnapshot({ takenAt: iso(Date.now()) })] };
    expect(await api.pushed(goesOn)).toMatchObject({ accepted: 1 });
  });

  it('is not seen in a host that rebooted and whose old run is silent', async () => {
    const before = buildPush({ snapshots: [buildSnapshot({ takenAt: iso(Date.now() - 20_000) })] });
    await api.pushed(before);
    const after = { ...before, bootId: randomUUID(), runId: randomUUID(), snapshots: [buildSnapshot()] };
    expect(await api.pushed(after)).toMatchObject({ accepted: 1 });
  });

  it('is judged in turn when both push for the first time at once', async () => {
    const first = buildPush();
    const clone = buildPush({ agentId: first.agentId });
    const answers = await Promise.all([api.push(first), api.push(clone)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const taken = answers.find(({ status }) => status === 200);
    expect(PushAnswerSchema.parse(taken?.body).accepted).toBe(1);
  });
});
