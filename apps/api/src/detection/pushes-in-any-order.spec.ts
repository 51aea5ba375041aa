import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Incident, type Push, type Snapshot } from '@closewatch/protocol';
import fc from 'fast-check';
import { look } from '../testing/leak-story.ts';
import { buildPush } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { tellLeak, type ToldLeak } from '../testing/told-leaks.ts';
import { Clock } from '../time/clock.ts';
import { DetectionService } from './detection.service.ts';

const HOSTS = 3;
const STEP_MS = 30_000;
/** What is closed at the latest instant has recovered by the end. */
const STEPS = 54;
/** Longest pause between two looks, in steps: silence takes longer. */
const PAUSE = 3;

/** Stands: what takes as long as it must, to the millisecond, is over for every host of a look or for none. */
class StillClock extends Clock {
  at = Date.now();

  override now(): number {
    return this.at;
  }
}

let database: TestDatabase;
let clock: StillClock;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new StillClock();
  api = await TestApi.start({ databaseUrl: database.url, clock });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** One way to push the snapshots of all hosts. */
interface Way {
  /** Numbers of hosts: who pushes first. */
  readonly order: readonly number[];
  /** How many snapshots go into one push, in turn; what there is at a look is always pushed. */
  readonly together: readonly number[];
  /** Of the pushes between two looks the newest comes first, as when a push was held up on its way. */
  readonly newestFirst: boolean;
  /** Each push comes twice: the answer to the first was lost. */
  readonly twice: boolean;
}

/** Each host by itself, and each snapshot when it is taken. */
const PLAIN: Way = { order: [0, 1, 2], together: [1], newestFirst: false, twice: false };

/** As unlike that as can be. */
const CROSSED: Way = { order: [2, 1, 0], together: [1], newestFirst: true, twice: true };

const SURE = {
  from: 2,
  perStep: [5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
  end: { after: 2, how: 'closes' as const },
  descriptorLimit: null,
  overflows: 7,
};
const CRITICAL = { ...SURE, from: 3, end: null, descriptorLimit: 120 };
const RESTARTED = { ...SURE, end: { after: 0, how: 'restarts' as const }, descriptorLimit: 1_000_000, overflows: 0 };

const way = fc.record<Way>({
  order: fc.shuffledSubarray([0, 1, 2], { minLength: HOSTS }),
  together: fc.array(fc.integer({ min: 1, max: PAUSE }), { minLength: 1, maxLength: 5 }),
  newestFirst: fc.boolean(),
  twice: fc.boolean(),
});
const leak = fc.record<Omit<ToldLeak, 'port'>>({
  from: fc.integer({ min: 1, max: 5 }),
  perStep: fc.array(fc.nat(6), { minLength: 6, maxLength: 12 }),
  end: fc.option(fc.record({ after: fc.nat(4), how: fc.constantFrom('closes' as const, 'restarts' as const) })),
  descriptorLimit: fc.option(fc.constantFrom(120, 1_000_000)),
  overflows: fc.constantFrom(0, 0, 7),
});
/** Beside others one that is told for sure, and that recovers. */
const certain = leak.map((one) => ({ ...one, perStep: SURE.perStep, end: SURE.end }));
const pauses = fc.array(fc.integer({ min: 1, max: PAUSE }), { minLength: 1, maxLength: 6 });

/** The hosts of a story, as one way has them pushed. */
class World {
  readonly hosts: readonly Push[];
  private readonly hostIds: (number | undefined)[] = [];
  private pushed = 0;
  private turn = 0;

  constructor(
    private readonly snapshots: readonly (readonly Snapshot[])[],
    private readonly way: Way,
  ) {
    this.hosts = snapshots.map((_, host) => {
      const push = buildPush();
      return { ...push, agent: { ...push.agent, hostname: `web-${host}`, machineId: push.agentId } };
    });
  }

  /** Pushes what there is up to a snapshot, `isAll` or as much as fills pushes. */
  async push(last: number, isAll: boolean): Promise<void> {
    if (this.way.newestFirst && !isAll) return;
    const batches: (readonly [from: number, to: number])[] = [];
    for (;;) {
      const size = this.way.together[this.turn % this.way.together.length] ?? 1;
      const to = Math.min(this.pushed + size, last + 1);
      if (to === this.pushed || (to < this.pushed + size && !isAll)) break;
      batches.push([this.pushed, to]);
      this.pushed = to;
      this.turn++;
    }
    for (const [from, to] of this.way.newestFirst ? batches.reverse() : batches) {
      const pushes = this.way.order.map((host) => ({
        ...(this.hosts[host] as Push),
        snapshots: [...(this.snapshots[host] ?? [])].slice(from, to),
      }));
      const all = this.way.twice ? pushes.flatMap((push) => [push, push]) : pushes;
      // Hosts get their numbers, by which they are looked at, when they are met.
      if (from === 0) for (const push of all) await api.pushed(push);
      else await Promise.all(all.map((push) => api.pushed(push)));
    }
  }

  /** What is remembered of each host. */
  async windows(): Promise<unknown[]> {
    return Promise.all(
      this.hosts.map(async ({ agentId }, host) => {
        this.hostIds[host] ??= (
          await database.query<{ id: number }>('SELECT host_id AS id FROM host WHERE agent_id = $1', [agentId])
        )[0]?.id;
        const memory = api.app.get(DetectionService).memoryOf(this.hostIds[host] ?? 0);
        const windows = memory?.windows(0);
        const keys = [...(windows?.subjects().keys() ?? [])].sort();
        return { newestAt: windows?.newestAt, keys: keys.map((key) => [key, windows?.windowOf(key)]) };
      }),
    );
  }

  /** What was told of each host. */
  incidents(all: readonly Incident[]): unknown[] {
    return this.hosts.map(({ agentId }) =>
      all
        .filter(({ hostId }) => hostId === agentId)
        .map(({ rule, subject, severity, state, beganAt, resolvedAs, recurrence }) => {
          return { rule, subject, severity, state, beganAt, resolvedAs, recurrence };
        })
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
  }
}

it('hosts in any order and snapshots in any batches give the same windows, and the same incidents', async () => {
  const cookie = await api.signIn();
  await fc.assert(
    fc.asyncProperty(fc.tuple(certain, leak, leak), way, pauses, async (leaks, other, rests) => {
      const begin = Math.ceil(clock.at / 1_000) * 1_000 + STEP_MS;
      const told = leaks.map((one, host) => tellLeak({ ...one, port: 8_080 + host }, STEPS, begin, STEP_MS));
      const worlds = [PLAIN, other].map((one) => new World(told, one));
      let [nextLook, looks] = [0, 0];
      for (let step = 0; step < STEPS; step++) {
        clock.at = begin + step * STEP_MS;
        const looksNow = step === nextLook || step === STEPS - 1;
        await Promise.all(worlds.map((world) => world.push(step, looksNow)));
        if (!looksNow) continue;
        await look(api);
        nextLook += rests[looks++ % rests.length] ?? 1;
        const [plain, varied] = await Promise.all(worlds.map((world) => world.windows()));
        expect(varied).toEqual(plain);
      }
      const { items } = await api.read<{ items: Incident[] }>(cookie, '/api/v1/incidents?state=all&limit=500');
      const [plain, varied] = worlds.map((world) => world.incidents(items));
      expect(varied).toEqual(plain);
      expect(plain?.[0]).toContainEqual(expect.objectContaining({ rule: 'leak', resolvedAs: 'recovered' }));
      await database.query('TRUNCATE host, host_latest, incident, incident_event, incident_evidence, connection_open');
    }),
    { numRuns: 2, endOnFailure: true, examples: [[[SURE, CRITICAL, RESTARTED], CROSSED, [PAUSE]]] },
  );
}, 60_000);
