import { describe, expect, it } from '@jest/globals';
import { GroupCommit, QueueFullError } from './group-commit.ts';

const LIMITS = { gatherMs: 1, waitingItems: 4, waitingWeight: 100, groupItems: 3, groupWeight: 50 };

function recorder() {
  const groups: number[][] = [];
  const commits = new GroupCommit<number, string>(LIMITS, async (items) => {
    groups.push([...items]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return items.map((item) =>
      item < 0
        ? { status: 'rejected' as const, reason: new Error(`refused ${item}`) }
        : { status: 'fulfilled' as const, value: `wrote ${item}` },
    );
  });
  return { groups, commits };
}

describe('GroupCommit', () => {
  it('writes what comes together in one group and answers each', async () => {
    const { groups, commits } = recorder();
    expect(await Promise.all([1, 2, 3].map((item) => commits.submit(item, 1)))).toEqual([
      'wrote 1',
      'wrote 2',
      'wrote 3',
    ]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('splits groups by number and by weight, but takes a heavy one alone', async () => {
    const { groups, commits } = recorder();
    await Promise.all([commits.submit(1, 60), commits.submit(2, 10), commits.submit(3, 10)]);
    expect(groups).toEqual([[1], [2, 3]]);
  });

  it('refuses what goes past its bounds and takes more later', async () => {
    const { commits } = recorder();
    const waiting = [1, 2, 3, 4].map((item) => commits.submit(item, 1));
    expect(() => commits.submit(5, 1)).toThrow(QueueFullError);
    await Promise.all(waiting);
    await expect(commits.submit(6, 1)).resolves.toBe('wrote 6');
    const heavy = commits.submit(7, 90);
    expect(() => commits.submit(8, 20)).toThrow(QueueFullError);
    await heavy;
  });

  it('fails one and not its neighbours', async () => {
    const { commits } = recorder();
    const results = await Promise.allSettled([commits.submit(1, 1), commits.submit(-2, 1)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('fails all of a group that could not be written, and goes on', async () => {
    let failing = true;
    const commits = new GroupCommit<number, number>(LIMITS, (items) => {
      if (failing) return Promise.reject(new Error('away'));
      return Promise.resolve(items.map((value) => ({ status: 'fulfilled' as const, value })));
    });
    await expect(commits.submit(1, 1)).rejects.toThrow('away');
    failing = false;
    await expect(commits.submit(2, 1)).resolves.toBe(2);
  });

  it('is drained when everything is written', async () => {
    const { groups, commits } = recorder();
    const last = [1, 2, 3, 4].map((item) => commits.submit(item, 1));
    await commits.drained();
    expect(groups.flat()).toEqual([1, 2, 3, 4]);
    await Promise.all(last);
  });
});
