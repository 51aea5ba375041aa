import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ConnectionGroups,
  ConnectionGroupsSchema,
  type ConnectionSurvival,
  ConnectionSurvivalSchema,
} from '@closewatch/protocol';
import fc from 'fast-check';
import { iso } from '../testing/push-builder.ts';
import { ToldStory } from '../testing/told-story.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000 - 5_000;
const START = NOW - 3_600_000;
let story: ToldStory;

beforeAll(async () => {
  story = await ToldStory.tell(NOW);
});

afterAll(async () => {
  await story?.stop();
});

/** Whole seconds, so that instants coincide with beginnings and ends. */
const instant = fc.integer({ min: -60, max: 3_600 }).map((second) => START + second * 1_000);

describe('GET /hosts/:id/connections/survival', () => {
  const survival = async (query: string): Promise<ConnectionSurvival> =>
    ConnectionSurvivalSchema.parse(await story.read(`/survival?${query}`));

  it('counts of those that entered the ones that still stand, and never rises', async () => {
    await fc.assert(
      fc.asyncProperty(instant, instant, instant, fc.integer({ min: 1, max: 40 }), async (x, y, z, points) => {
        const [from = 0, to = 0, until = 0] = [x, y, z].sort((one, other) => one - other);
        const { entered, t, remaining } = await survival(
          `from=${iso(from)}&to=${iso(to)}&until=${iso(until)}&points=${points}`,
        );
        const cohort = story.lines.filter(({ connection: { openedBefore } }) => {
          return Date.parse(openedBefore) >= from && Date.parse(openedBefore) < to;
        });
        expect(entered).toBe(cohort.length);
        expect(remaining).toEqual(
          t.map((at) => cohort.filter(({ connection: { endedAt } }) => !endedAt || Date.parse(endedAt) > at).length),
        );
        expect([t.length <= points, t.at(-1)]).toEqual([true, until]);
        if (t.length > 1) expect(t[0]).toBe(to);
        expect(remaining).toEqual([...remaining].sort((one, other) => other - one));
      }),
      { numRuns: 25 },
    );
  });

  it.each(['process', 'peer', 'port'])(
    'adds up by %s, the largest groups first and the others together',
    async (by) => {
      const query = `from=${iso(START)}&to=${iso(START + 1_800_000)}&points=9&groupBy=${by}`;
      const few = await survival(`${query}&groups=2`);
      const many = await survival(`${query}&groups=50`);
      expect(few.groups).toEqual(many.groups.slice(0, 2));
      expect(many.others).toBeNull();
      expect(few.others).not.toBeNull();
      for (const { entered, remaining, groups, others } of [few, many]) {
        const parts = [...groups, ...(others === null ? [] : [others])];
        expect(parts.reduce((sum, part) => sum + part.entered, 0)).toBe(entered);
        expect(remaining.map((_, step) => parts.reduce((sum, part) => sum + (part.remaining[step] ?? 0), 0))).toEqual(
          remaining,
        );
        const sizes = groups.map((group) => group.entered);
        expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
      }
    },
  );

  it('has a median lifetime once half of them have ended', async () => {
    const [from, to] = [START, START + 600_000];
    const cohort = story.lines.filter(({ connection: { openedBefore } }) => Date.parse(openedBefore) < to);
    const lifetimes = (until: number): number[] =>
      cohort
        .map(({ connection: { openedBefore, endedAt } }) => {
          const ended = endedAt === undefined ? Infinity : Date.parse(endedAt);
          return ended <= until ? (ended - Date.parse(openedBefore)) / 1_000 : Infinity;
        })
        .sort((one, other) => one - other);
    const median = (until: number): number => lifetimes(until)[Math.ceil(cohort.length / 2) - 1] ?? Infinity;
    const read = async (until: number) =>
      (await survival(`from=${iso(from)}&to=${iso(to)}&until=${iso(until)}`)).medianLifetimeSeconds;
    expect(median(NOW)).toBeLessThan(Infinity);
    expect(median(to)).toBe(Infinity);
    expect(await read(NOW)).toBe(median(NOW));
    expect(await read(to)).toBeNull();
  });

  it('looks until now unless told otherwise, and is empty where nobody entered', async () => {
    const { until, t, entered, remaining } = await survival(`from=${iso(START - 9e6)}&to=${iso(START - 8e6)}&points=5`);
    expect(Math.abs(Date.parse(until) - Date.now())).toBeLessThan(5_000);
    expect({ entered, remaining, steps: t.length }).toEqual({ entered: 0, remaining: [0, 0, 0, 0, 0], steps: 5 });
  });

  it.each([
    ['from', `to=${iso(NOW)}`],
    ['from', `from=${iso(NOW)}&to=${iso(NOW - 1)}`],
    ['to', `from=${iso(START)}&to=${iso(NOW)}&until=${iso(NOW - 1)}`],
    ['until', `from=${iso(START)}&to=${iso(NOW)}&until=2199-01-01T00:00:00Z`],
    ['from', `from=1971-01-01T00:00:00Z&to=${iso(NOW)}`],
    ['points', `from=${iso(START)}&to=${iso(NOW)}&points=1000000000`],
    ['points', `from=${iso(START)}&to=${iso(NOW)}&points=0`],
    ['groups', `from=${iso(START)}&to=${iso(NOW)}&groups=51`],
    ['groupBy', `from=${iso(START)}&to=${iso(NOW)}&groupBy=uid`],
  ])('is 400 for a bad %s', async (where, query) => {
    expect(await story.refusal(`/survival?${query}`)).toMatchObject({
      statusCode: 400,
      issues: [{ path: where }],
    });
  });
});

describe('GET /hosts/:id/connections/groups', () => {
  const groups = async (query: string): Promise<ConnectionGroups['items']> =>
    (await story.pages<ConnectionGroups>(`/groups?${query}`)).flatMap(
      (page) => ConnectionGroupsSchema.parse(page).items,
    );

  it.each(['process', 'peer', 'port'])('has each connection in one group by %s, the largest first', async (by) => {
    for (const at of [NOW, START + 1_200_000]) {
      const found = await groups(`by=${by}&at=${iso(at)}&limit=2`);
      const standing = story.standingAt(at);
      const total = (of: (group: ConnectionGroups['items'][number]) => number) =>
        found.reduce((sum, group) => sum + of(group), 0);
      expect(found.length).toBeGreaterThan(2);
      expect(new Set(found.map(({ subject }) => JSON.stringify(subject))).size).toBe(found.length);
      expect(total(({ count }) => count)).toBe(standing.length);
      expect(total(({ recvQueueBytes }) => recvQueueBytes)).toBe(
        standing.reduce((sum, { connection }) => sum + connection.recvQueue, 0),
      );
      expect(total(({ aged }) => aged)).toBe(
        standing.filter(({ connection }) => Date.parse(connection.openedBefore) <= at - 60_000).length,
      );
      expect(Math.min(...found.map(({ oldest }) => Date.parse(oldest.openedBefore)))).toBe(
        Math.min(...standing.map(({ connection }) => Date.parse(connection.openedBefore))),
      );
      const sizes = found.map(({ count }) => count);
      expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
    }
  });

  it('tells processes by pid and start, with unit and container, and why one is not known', async () => {
    const found = await groups('by=process');
    const subjects = found.map(({ subject }) => (subject.by === 'process' ? subject : undefined));
    expect(subjects).toContainEqual({ by: 'process', process: null, ownership: 'hidden' });
    expect(subjects.find((subject) => subject?.process?.executable === '/opt/shop/bin/shop')?.process?.unit).toBe(
      'shop.service',
    );
    expect(
      subjects.find((subject) => subject?.process?.executable === '/usr/sbin/nginx')?.process?.containerId,
    ).toMatch(/^c0ffee/);
  });

  it("takes the port of the service: the local one of what came in, the peer's of what went out", async () => {
    const subjects = (await groups('by=port')).map(({ subject }) => subject);
    expect(subjects).toEqual(
      expect.arrayContaining([
        { by: 'port', side: 'local', port: 8_080 },
        { by: 'port', side: 'peer', port: 443 },
      ]),
    );
    expect(subjects).toHaveLength(3);
  });

  it.each([
    ['by', ''],
    ['by', 'by=uid'],
    ['at', 'by=peer&at=2199-01-01T00:00:00Z'],
    ['cursor', 'by=peer&cursor=WzEsIngiXQ'],
    ['limit', 'by=peer&limit=0'],
  ])('is 400 for a bad %s', async (where, query) => {
    expect(await story.refusal(`/groups?${query}`)).toMatchObject({
      statusCode: 400,
      issues: [{ path: where }],
    });
  });
});
