import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { Pacer } from '../pacer.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { withoutDescriptors } from '../testing/without-descriptors.ts';
import { OwnerFinder } from './owner-finder.ts';
import { OwnerKeeper } from './owner-keeper.ts';
import { ProcessTable } from './process-table.ts';
import { SurveyRounds } from './survey-rounds.ts';

let proc: FakeProc;
let tracker: LeakTracker;
let keeper: OwnerKeeper;
let finder: OwnerFinder;
let surveys: SurveyRounds;
let now = 0;

beforeEach(() => {
  proc = new FakeProc();
  proc.begin(1, {});
  tracker = new LeakTracker(
    { bootId: 'b', namespaceInode: 1 },
    (ms) => new Date(ms).toISOString(),
    () => false,
  );
  finder = new OwnerFinder(proc.root, 0);
  keeper = new OwnerKeeper(finder);
  surveys = new SurveyRounds(finder);
});

afterEach(() => proc.remove());

/** So many looks at one leaking socket; returns it as it stands after the last. */
async function looks(times: number, inode = 7, everyMs = 5_000): Promise<TrackedSocket | undefined> {
  for (let i = 0; i < times; i++) {
    now += everyMs;
    const table = tableOf(leak({ inode }));
    await keeper.update(tracker, tracker.observe({ startedAt: now, takenAt: now, table }));
    await surveys.advance([{ tracker, owners: keeper }], now);
  }
  return [...tracker.open()][0];
}

function pidsOf(tracked: TrackedSocket | undefined): number[] | undefined {
  return tracked?.owners.map(({ pid }) => pid);
}

describe('the owners of tracked sockets', () => {
  it('are found at the second sighting', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    expect(await looks(1)).toBeUndefined();
    const tracked = await looks(1);
    expect(tracked).toMatchObject({ ownership: 'known', changed: true });
    expect(pidsOf(tracked)).toEqual([20]);
  });

  it('are looked for again later when nobody was found', async () => {
    expect(await looks(2)).toMatchObject({ ownership: 'none', owners: [] });
    proc.begin(20, { 3: 'socket:[7]' });
    expect(pidsOf(await looks(3))).toEqual([20]);
  });

  it('are those it passed to when one exits', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    proc.begin(21, { 3: 'socket:[7]' });
    expect(pidsOf(await looks(2))).toEqual([20, 21]);
    proc.exit(20);
    expect(pidsOf(await looks(1))).toEqual([21]);
  });

  it('are those it passed to in every namespace, though the process held sockets of several', async () => {
    proc.begin(20, { 3: 'socket:[7]', 4: 'socket:[8]' });
    proc.begin(21, { 3: 'socket:[7]', 4: 'socket:[8]' });
    const another = new LeakTracker(
      { bootId: 'b', namespaceInode: 2 },
      () => '',
      () => false,
    );
    const itsKeeper = new OwnerKeeper(finder);
    const look = async () => {
      const first = await looks(1);
      const table = tableOf(leak({ inode: 8 }));
      await itsKeeper.update(another, another.observe({ startedAt: now, takenAt: now, table }));
      return [first, [...another.open()][0]].map(pidsOf);
    };
    await look();
    expect(await look()).toEqual([
      [20, 21],
      [20, 21],
    ]);
    proc.exit(20);
    expect(await look()).toEqual([[21], [21]]);
  });

  it('are not searched for with every look when somebody begins to hide', async () => {
    expect(await looks(2)).toMatchObject({ ownership: 'none' });
    proc.exit(1);
    const searches = jest.spyOn(finder, 'find');
    expect(await looks(10)).toMatchObject({ ownership: 'hidden' });
    expect(searches).toHaveBeenCalledTimes(1);
  });

  it('are hidden, and not nobody, when there is no descriptor to look with', async () => {
    const table = new ProcessTable('/proc', 0);
    await withoutDescriptors(async () => {
      expect(await table.listDescriptors(process.pid, new Pacer())).toBe('hidden');
    });
    expect(await table.listDescriptors(4_194_305, new Pacer())).toEqual([]);
  });

  it('are taken back only when a second look finds the socket alive and nobody with it', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2);
    proc.exit(20);
    expect(await looks(1)).toMatchObject({ ownership: 'known', owners: [{ pid: 20 }] });
    expect(await looks(1)).toMatchObject({ ownership: 'none', owners: [] });
  });

  it('are found within two minutes when another process inherits the socket, and let go again', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2);
    proc.begin(21, { 3: 'socket:[7]' });
    const tracked = await looks(24);
    expect(pidsOf(tracked)).toEqual([20, 21]);
    if (tracked !== undefined) tracked.changed = false;
    expect(await looks(24)).toMatchObject({ changed: false });
    proc.close(21, 3);
    expect(pidsOf(await looks(24))).toEqual([20]);
    expect(tracked?.changed).toBe(true);
  });

  it('are remembered no longer where a survey met them for a socket that ended meanwhile', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2);
    proc.begin(
      21,
      Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [i, i === 3 ? 'socket:[7]' : 'pipe:[1]'])),
    );
    const released = jest.spyOn(finder, 'release');
    // A survey of nine thousand descriptors takes two looks; in between the socket ends.
    const tracked = await looks(12);
    if (tracked === undefined) throw new Error('it is still there');
    tracked.ended = { at: now, as: 'closed' };
    keeper.forget(tracked);
    await surveys.advance([], now + 60_000);
    expect(released.mock.calls).toEqual([
      [7, [expect.objectContaining({ pid: 20 }), expect.objectContaining({ pid: 21 })]],
    ]);
  }, 30_000);

  it('are not surveyed more than once a minute', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(14);
    proc.begin(21, { 3: 'socket:[7]' });
    expect(pidsOf(await looks(11))).toEqual([20]);
    expect(pidsOf(await looks(1))).toEqual([20, 21]);
  });

  it('are found in time at an interval of five minutes, too', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2, 7, 300_000);
    proc.begin(21, { 3: 'socket:[7]' });
    expect(pidsOf(await looks(1, 7, 300_000))).toEqual([20, 21]);
  });

  it('are kept by a survey that finds nobody', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2);
    proc.close(20, 3);
    expect(pidsOf(await looks(24))).toEqual([20]);
  });

  it('are found when a socket that waited in the backlog is accepted', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    expect(await looks(2, 0)).toMatchObject({ ownership: 'not_accepted', owners: [] });
    expect(pidsOf(await looks(1, 7))).toEqual([20]);
  });
});
