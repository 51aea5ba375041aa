import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { OwnerFinder } from './owner-finder.ts';
import { OwnerKeeper } from './owner-keeper.ts';
import { SurveyRounds } from './survey-rounds.ts';

let proc: FakeProc;
let tracker: LeakTracker;
let keeper: OwnerKeeper;
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
  const finder = new OwnerFinder(proc.root, 0);
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
