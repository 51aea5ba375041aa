import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ConnectionDiff, ConnectionDiffSchema, type ConnectionItem, type Page } from '@closewatch/protocol';
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

/** Ids of those that stand at an instant, by the story. */
const standing = (at: number): string[] =>
  story
    .standingAt(at)
    .map(({ connection }) => connection.socketId)
    .sort();

const list = async (at: number): Promise<string[]> =>
  (await story.pages<Page<ConnectionItem>>(`?at=${iso(at)}&limit=100`))
    .flatMap(({ items }) => items.map(({ socketId }) => socketId))
    .sort();

async function diff(a: number, b: number, more = ''): Promise<ConnectionDiff & { socketIds: Set<string> }> {
  const all = await story.pages<ConnectionDiff>(`/diff?a=${iso(a)}&b=${iso(b)}&limit=70${more}`);
  const items = all.flatMap((page) => ConnectionDiffSchema.parse(page).items);
  return { ...all[0]!, items, socketIds: new Set(items.map(({ socketId }) => socketId)) };
}

describe('the list at an instant', () => {
  it('has those that had begun and not ended, of this host and namespace', async () => {
    await fc.assert(
      fc.asyncProperty(instant, async (at) => expect(await list(at)).toEqual(standing(at))),
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
        const [before, after] = [standing(a), standing(b)];
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
    expect(await story.refusal(`/diff${query}`)).toMatchObject({
      statusCode: 400,
      issues: [{ path: where }],
    });
  });
});
