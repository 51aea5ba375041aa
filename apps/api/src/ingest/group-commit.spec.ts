import { describe, expect, it } from '@jest/globals';
import { GroupCommit, QueueFullError } from './group-commit.ts';

const LIMITS = { gatherMs: 1, waitingItems: 4, waitingWeight: 100, groupItems: 3, groupWeight: 50, groups: 1 };

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
    expect(await Promise.all([1, 2, 3].map((item) => commits.submit(item, 1, String(item))))).toEqual([
      'wrote 1',
      'wrote 2',
      'wrote 3',
    ]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('splits groups by number and by weight, but takes a heavy one alone', async () => {
    const { groups, commits } = recorder();
    await Promise.all([
      commits.submit(1, 60, String(1)),
      commits.submit(2, 10, String(2)),
      commits.submit(3, 10, String(3)),
    ]);
    expect(groups).toEqual([[1], [2, 3]]);
  });

  it('refuses what goes past its bounds and takes more later', async () => {
    const { commits } = recorder();
    const waiting = [1, 2, 3, 4].map((item) => commits.submit(item, 1, String(item)));
    expect(() => commits.submit(5, 1, String(5))).toThrow(QueueFullError);
    await Promise.all(waiting);
    await expect(commits.submit(6, 1, String(6))).resolves.toBe('wrote 6');
    const heavy = commits.submit(7, 90, String(7));
    expect(() => commits.submit(8, 20, String(8))).toThrow(QueueFullError);
    await heavy;
  });

  it('counts what is still coming in with what waits, until it has come or is given up', async () => {
    const { commits } = recorder();
    const [first, second] = [commits.arrival(), commits.arrival()];
    expect([first.add(60), second.add(30), second.add(20), commits.isFull]).toEqual([true, true, false, false]);
    expect([first.add(10), commits.isFull]).toEqual([true, true]);
    first.end();
    first.end();
    expect([commits.isFull, second.add(60), second.add(20)]).toEqual([false, true, true]);
    expect(commits.isFull).toBe(true);
    second.end();
    const written = commits.submit(1, 90, String(1));
    expect(commits.arrival().add(20)).toBe(false);
    await written;
    expect(commits.arrival().add(20)).toBe(true);
  });

  it('fails one and not its neighbours', async () => {
    const { commits } = recorder();
    const results = await Promise.allSettled([commits.submit(1, 1, String(1)), commits.submit(-2, 1, String(-2))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('fails all of a group that could not be written, and goes on', async () => {
    let failing = true;
    const commits = new GroupCommit<number, number>(LIMITS, (items) => {
      if (failing) return Promise.reject(new Error('away'));
      return Promise.resolve(items.map((value) => ({ status: 'fulfilled' as const, value })));
    });
    await expect(commits.submit(1, 1, String(1))).rejects.toThrow('away');
    failing = false;
    await expect(commits.submit(2, 1, String(2))).resolves.toBe(2);
  });

  it('gathers the next group while one is written, and never has one key in two', async () => {
    let writing = 0;
    let most = 0;
    const keys = new Set<string>();
    const order: string[] = [];
    const commits = new GroupCommit<string, string>({ ...LIMITS, waitingItems: 100, groups: 2 }, async (items) => {
      most = Math.max(most, ++writing);
      const own = new Set(items.map((item) => item.slice(0, 1)));
      expect([...own].filter((key) => keys.has(key))).toEqual([]);
      for (const key of own) keys.add(key);
      order.push(...items);
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const key of own) keys.delete(key);
      writing--;
      return items.map((value) => ({ status: 'fulfilled' as const, value }));
    });
    const items = Array.from({ length: 40 }, (_, index) => `${'abcdefgh'.charAt(index % 8)}${100 + index}`);
    expect(await Promise.all(items.map((item) => commits.submit(item, 1, item.slice(0, 1))))).toEqual(items);
    expect(most).toBe(2);
    for (const key of 'abcdefgh') {
      const ofKey = order.filter((item) => item.startsWith(key));
      expect(ofKey).toEqual(ofKey.toSorted());
    }
  });

  it('is drained when everything is written', async () => {
    const { groups, commits } = recorder();
    const last = [1, 2, 3, 4].map((item) => commits.submit(item, 1, String(item)));
    await commits.drained();
    expect(groups.flat()).toEqual([1, 2, 3, 4]);
    await Promise.all(last);
  });
});
