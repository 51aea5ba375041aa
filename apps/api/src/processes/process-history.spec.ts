import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSnapshot, iso } from '../testing/push-builder.ts';
import {
  at,
  both,
  DAY_MS,
  leaking,
  MINUTE_MS,
  minutes,
  processTable,
  range,
  SampleStory,
  START,
  steady,
} from '../testing/sample-story.ts';
import { buildProcess, buildProcessTable } from '../testing/section-builder.ts';
import { createTestDatabase } from '../testing/test-database.ts';

let story: SampleStory;

beforeAll(async () => {
  story = await SampleStory.begin(await createTestDatabase());
});

afterAll(() => story?.end());

describe('a table of processes as of an instant', () => {
  it('is the newest at or before it, without evidence, which is known of now alone', async () => {
    const push = await story.tell(minutes(0, 3, both));
    const answer = await story.processesAt(push, 1.5);
    expect(answer).toMatchObject({ takenAt: iso(at(1)), others: 1, unowned: 2, nextCursor: null });
    expect(answer.items).toEqual(processTable(1).items.map((item) => ({ ...item, evidence: null })));
    expect(answer.evidence).toEqual({ takenAt: null, unlisted: [], pressureStall: null });
    expect((await story.processesAt(push, 2)).takenAt).toBe(iso(at(2)));
  });

  it('is not one of long before, nor of another namespace', async () => {
    const push = await story.tell(minutes(0, 1, both));
    expect((await story.processesAt(push, 5)).takenAt).toBe(iso(at(0)));
    expect(await story.processesAt(push, 6)).toMatchObject({ takenAt: null, items: [] });
    expect(await story.processesAt(push, -1)).toMatchObject({ takenAt: null, items: [] });
    expect(await story.processesAt(push, 0, '&netns=3')).toMatchObject({ takenAt: null, items: [] });
  });

  it('may be older where snapshots are taken at long intervals', async () => {
    const push = await story.tell(minutes(0, 1, () => ({ ...both(0), intervalMs: 10 * MINUTE_MS })));
    expect((await story.processesAt(push, 25)).takenAt).toBe(iso(at(0)));
  });
});

describe('the history of processes', () => {
  it('shows how a leak grows: the least of its sockets and the greatest in each step', async () => {
    const push = await story.tell(minutes(0, 20, both));
    const { stepMs, t, items, others, unowned } = await story.processHistory(push, `${range(0, 20)}&points=4&top=2`);
    expect([stepMs, t]).toEqual([5 * MINUTE_MS, [0, 5, 10, 15].map(at)]);
    expect(items.map(({ process, greatest }) => [process, greatest])).toEqual([
      [leaking, 25],
      [steady, 4],
    ]);
    expect(items[0]).toMatchObject({
      sockets: { min: [6, 11, 16, 21], max: [10, 15, 20, 25] },
      counts: {
        close_wait: { min: [5, 10, 15, 20], max: [9, 14, 19, 24] },
        listen: { min: [1, 1, 1, 1], max: [1, 1, 1, 1] },
      },
      descriptors: { used: [54, 59, 64, 69], limit: [1_024, 1_024, 1_024, 1_024] },
    });
    expect(Object.keys(items[0]?.counts ?? {})).toEqual(['listen', 'close_wait']);
    expect(items[1]?.descriptors).toEqual({ used: [null, null, null, null], limit: [null, null, null, null] });
    expect([others, unowned]).toEqual([
      [4, 6, 6, 5],
      [2, 2, 2, 2],
    ]);
  });

  it('is null while a process is not listed, and zero in a state in which it has no sockets for the moment', async () => {
    const push = await story.tell([
      ...minutes(0, 5, () => ({ processes: buildProcessTable([leaking]) })),
      ...minutes(5, 5, () => ({ processes: buildProcessTable([steady]) })),
      ...minutes(10, 5, () => ({
        processes: buildProcessTable([], {
          items: [{ process: leaking, counts: { listen: 1 }, descriptors: { used: 1, limit: 2 } }],
        }),
      })),
    ]);
    const { items } = await story.processHistory(push, `${range(0, 15)}&points=3&pid=10`);
    expect(items).toHaveLength(1);
    expect(items[0]?.counts.close_wait?.max).toEqual([3, null, 0]);
    expect(items[0]?.counts.listen?.max).toEqual([0, null, 1]);
    expect(items[0]?.sockets.max).toEqual([7, null, 1]);
  });

  it('is that of one process where one is named: a pid that was used again is told apart by the start', async () => {
    const again = buildProcess(10, { startedAt: iso(at(3)) });
    const push = await story.tell(
      minutes(0, 6, (minute) => ({ processes: buildProcessTable([minute < 3 ? leaking : again, steady]) })),
    );
    const starts = async (query: string) =>
      (await story.processHistory(push, `${range(0, 6)}${query}`)).items.map(({ process }) => process.startedAt);
    expect(await starts('&pid=10')).toEqual([leaking.startedAt, again.startedAt]);
    expect(await starts(`&pid=10&startedAt=${again.startedAt}`)).toEqual([again.startedAt]);
    expect(await starts('&pid=12')).toEqual([]);
  });

  it('tells of a process what was told of it last', async () => {
    const renamed = { ...leaking, command: 'java -jar other.jar' };
    const push = await story.tell(
      minutes(0, 6, (minute) => ({ processes: buildProcessTable([minute < 5 ? leaking : renamed]) })),
    );
    const { items } = await story.processHistory(push, range(0, 6));
    expect(items.map(({ process }) => process)).toEqual([renamed]);
  });

  it('has fewer steps where series of many processes are asked for', async () => {
    const many = Array.from({ length: 50 }, (_, index) => buildProcess(100 + index));
    const push = await story.tell(minutes(0, 1, () => ({ processes: buildProcessTable(many) })));
    const long = `from=${iso(START - 30 * DAY_MS)}&to=${iso(at(60))}&points=2000`;
    expect((await story.processHistory(push, `${long}&top=50`)).t.length).toBeLessThanOrEqual(400);
    expect((await story.processHistory(push, `${long}&top=1`)).t.length).toBeGreaterThan(1_900);
  });

  it('is that of the last hour unless told otherwise, of another namespace when asked', async () => {
    const push = await story.tell([
      buildSnapshot({ processes: buildProcessTable([leaking]) }),
      buildSnapshot({ netns: 3, processes: buildProcessTable([steady]) }),
    ]);
    const pids = async (query: string) =>
      (await story.processHistory(push, query)).items.map(({ process }) => process.pid);
    expect([await pids(''), await pids('netns=3'), await pids('netns=4')]).toEqual([[10], [11], []]);
  });
});
