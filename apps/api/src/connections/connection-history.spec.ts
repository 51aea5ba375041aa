import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ConnectionDiff,
  ConnectionDiffSchema,
  type ConnectionGroups,
  ConnectionGroupsSchema,
  type ConnectionItem,
  type ConnectionSurvival,
  ConnectionSurvivalSchema,
  type Page,
} from '@closewatch/protocol';
import fc from 'fast-check';
import { pushStory, type StoryLine, tellStory } from '../testing/lifetime-builder.ts';
import { iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000 - 5_000;
const START = NOW - 3_600_000;
let database: TestDatabase;
let api: TestApi;
let cookie: string;
let path: string;
let own: StoryLine[];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  const story = tellStory(900, 2, NOW);
  const ids = await pushStory(api, story, 2, NOW);
  path = `/api/v1/hosts/${ids[0]}/connections`;
  own = story.filter(({ host, netns }) => host === 0 && netns === 0);
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Whole seconds, so that instants coincide with beginnings and ends. */
const instant = fc.integer({ min: -60, max: 3_600 }).map((second) => START + second * 1_000);

/** Those of the story that stand at an instant, by id. */
function standingAt(at: number): string[] {
  return own
    .filter(({ connection: { openedBefore, endedAt } }) => {
      return Date.parse(openedBefore) <= at && (endedAt === undefined || Date.parse(endedAt) > at);
    })
    .map(({ connection }) => connection.socketId)
    .sort();
}

async function pages<Body extends Page<unknown>>(url: string): Promise<Body[]> {
  const all: Body[] = [];
  for (let cursor: string | null = null; all.length === 0 || cursor !== null;) {
    const page: Body = await api.read<Body>(cookie, `${url}${cursor === null ? '' : `&cursor=${cursor}`}`);
    all.push(page);
    cursor = page.nextCursor;
  }
  return all;
}

const list = async (at: number): Promise<string[]> =>
  (await pages<Page<ConnectionItem>>(`${path}?at=${iso(at)}&limit=100`))
    .flatMap(({ items }) => items.map(({ socketId }) => socketId))
    .sort();

async function diff(a: number, b: number, more = ''): Promise<ConnectionDiff & { socketIds: Set<string> }> {
  const all = await pages<ConnectionDiff>(`${path}/diff?a=${iso(a)}&b=${iso(b)}&limit=70${more}`);
  const items = all.flatMap((page) => ConnectionDiffSchema.parse(page).items);
  return { ...all[0]!, items, socketIds: new Set(items.map(({ socketId }) => socketId)) };
}

describe('the list at an instant', () => {
  it('has those that had begun and not ended, of this host and namespace', async () => {
    await fc.assert(
      fc.asyncProperty(instant, async (at) => expect(await list(at)).toEqual(standingAt(at))),
      { numRuns: 25 },
    );
  });
});

describe('GET /hosts/:id/connections/diff', () => {
  it('has what appeared and vanished, so that with what stayed it makes both lists', async () => {
    await fc.assert(
      fc.asyncProperty(instant, instant, async (one, other) => {
        const [a, b] = [Math.min(one, other), Math.max(one, other)];
        const { items, appeared, vanished, stayed, socketIds } = await diff(a, b);
        const [before, after] = [standingAt(a), standingAt(b)];
        const ids = (change: string): string[] =>
          items.filter((item) => item.change === change).map(({ socketId }) => socketId);
        expect(socketIds.size).toBe(items.length);
        expect(ids('appeared').sort()).toEqual(after.filter((id) => !before.includes(id)));
        expect(ids('vanished').sort()).toEqual(before.filter((id) => !after.includes(id)));
        expect({ appeared, vanished }).toEqual({ appeared: ids('appeared').length, vanished: ids('vanished').length });
        expect(appeared + stayed).toBe(after.length);
        expect(vanished + stayed).toBe(before.length);
      }),
      { numRuns: 25 },
    );
  });

  it('is in the order in which things changed, and says how those ended that vanished', async () => {
    const { items } = await diff(START + 600_000, START + 2_400_000);
    const changedAt = items.map(({ change, openedBefore, endedAt }) =>
      change === 'appeared' ? openedBefore : endedAt,
    );
    expect(items.length).toBeGreaterThan(70);
    expect(changedAt).toEqual([...changedAt].sort());
    for (const { endedAs } of items.filter(({ change }) => change === 'vanished')) {
      expect(['closed', 'orphaned']).toContain(endedAs);
    }
  });

  it('shows one kind of change when asked, with the numbers of all', async () => {
    const [a, b] = [START + 600_000, START + 2_400_000];
    const whole = await diff(a, b);
    for (const change of ['appeared', 'vanished'] as const) {
      const { items, appeared, vanished, stayed } = await diff(a, b, `&change=${change}`);
      expect(items).toEqual(whole.items.filter((item) => item.change === change));
      expect([appeared, vanished, stayed]).toEqual([whole.appeared, whole.vanished, whole.stayed]);
    }
  });

  it.each([
    ['a', '?b=2026-01-01T00:00:00Z'],
    ['a', `?a=${iso(NOW)}&b=${iso(NOW - 1_000)}`],
    ['b', `?a=${iso(NOW)}&b=2199-01-01T00:00:00Z`],
    ['a', `?a=1971-01-01T00:00:00Z&b=${iso(NOW)}`],
    ['change', `?a=${iso(NOW)}&change=stayed`],
    ['cursor', `?a=${iso(NOW)}&cursor=nonsense`],
    ['netns', `?a=${iso(NOW)}&netns=-1`],
  ])('is 400 for a bad %s', async (where, query) => {
    expect(errorOf(await api.request('GET', `${path}/diff${query}`, { headers: { cookie } }))).toMatchObject({
      statusCode: 400,
      issues: [{ path: where }],
    });
  });
});

describe('GET /hosts/:id/connections/survival', () => {
  const survival = async (query: string): Promise<ConnectionSurvival> =>
    ConnectionSurvivalSchema.parse(await api.read(cookie, `${path}/survival?${query}`));

  it('counts of those that entered the ones that still stand, and never rises', async () => {
    await fc.assert(
      fc.asyncProperty(instant, instant, instant, fc.integer({ min: 1, max: 40 }), async (x, y, z, points) => {
        const [from = 0, to = 0, until = 0] = [x, y, z].sort((one, other) => one - other);
        const { entered, t, remaining } = await survival(
          `from=${iso(from)}&to=${iso(to)}&until=${iso(until)}&points=${points}`,
        );
        const cohort = own.filter(({ connection: { openedBefore } }) => {
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
    const cohort = own.filter(({ connection: { openedBefore } }) => Date.parse(openedBefore) < to);
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
    expect(errorOf(await api.request('GET', `${path}/survival?${query}`, { headers: { cookie } }))).toMatchObject({
      statusCode: 400,
      issues: [{ path: where }],
    });
  });
});

describe('GET /hosts/:id/connections/groups', () => {
  const groups = async (query: string): Promise<ConnectionGroups['items']> =>
    (await pages<ConnectionGroups>(`${path}/groups?${query}`)).flatMap(
      (page) => ConnectionGroupsSchema.parse(page).items,
    );

  it.each(['process', 'peer', 'port'])('has each connection in one group by %s, the largest first', async (by) => {
    for (const at of [NOW, START + 1_200_000]) {
      const found = await groups(`by=${by}&at=${iso(at)}&limit=2`);
      const standing = own.filter(({ connection }) => standingAt(at).includes(connection.socketId));
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
    expect(errorOf(await api.request('GET', `${path}/groups?${query}`, { headers: { cookie } }))).toMatchObject({
      statusCode: 400,
      issues: [{ path: where }],
    });
  });
});
