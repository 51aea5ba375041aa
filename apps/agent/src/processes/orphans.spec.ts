import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OrphansSchema } from '@closewatch/protocol';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { OrphansCollector } from './orphans-collector.ts';
import { OwnerFinder } from './owner-finder.ts';
import { OwnerKeeper } from './owner-keeper.ts';
import { SurveyRounds } from './survey-rounds.ts';

const instant = (ms: number): string => new Date(ms).toISOString();

let proc: FakeProc;
let tracker: LeakTracker;
let finder: OwnerFinder;
let keeper: OwnerKeeper;
let surveys: SurveyRounds;
let collector: OrphansCollector;
let now: number;

beforeEach(() => {
  now = 0;
  proc = new FakeProc();
  proc.begin(1, {});
  tracker = new LeakTracker({ bootId: 'b', namespaceInode: 1 }, instant, () => false);
  finder = new OwnerFinder(proc.root, 0);
  keeper = new OwnerKeeper(finder);
  surveys = new SurveyRounds(finder);
  collector = new OrphansCollector(finder.orphans, instant);
});

afterEach(() => proc.remove());

/** A look, 5 s after the last, that finds sockets with these inodes in the tables; returns what it adds. */
async function look(...inodes: readonly number[]) {
  now += 5_000;
  const table = tableOf(...inodes.map((inode) => leak({ cookie: String(inode), inode })));
  const findings = tracker.observe({ startedAt: now, takenAt: now, table });
  for (const tracked of findings.gone) end(tracked);
  await keeper.update(tracker, findings);
  await surveys.advance([{ tracker, owners: keeper }], now);
  return (await collector.collect({ startedAt: now, takenAt: now, table, tracker, trackers: [tracker] })).orphans;
}

function end(tracked: TrackedSocket): void {
  tracked.ended = { at: tracked.missedAt ?? now, as: keeper.stillHeld(tracked) ? 'orphaned' : 'closed' };
  keeper.forget(tracked);
}

async function looks(times: number, ...inodes: readonly number[]) {
  let added;
  for (let i = 0; i < times; i++) added = (await look(...inodes)) ?? added;
  return added;
}

function heldNow(): string[] {
  return [...finder.orphans.held()]
    .flatMap(({ inode, owners }) => owners.map(({ pid, descriptor }) => `${inode}: ${pid}/${descriptor}`))
    .toSorted();
}

describe('orphaned sockets', () => {
  it('are told of with their owners from the look that ends them on, and that there is none once they are closed', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    expect(await looks(2, 7)).toEqual({ count: 0, items: [] });
    const [tracked] = [...tracker.open()];
    const told = await looks(2);
    expect(OrphansSchema.parse(told)).toEqual(told);
    expect(told).toMatchObject({
      count: 1,
      items: [{ socketId: tracked?.socketId, orphanedAt: instant(15_000), owners: [{ pid: 20, descriptor: 3 }] }],
    });
    expect(await look()).toBeUndefined();
    proc.close(20, 3);
    expect(await look()).toEqual({ count: 0, items: [] });
    expect(await looks(3)).toBeUndefined();
  });

  it('are none when the number of the descriptor leads to another socket by now', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2, 7);
    await looks(2);
    proc.link(20, 3, 'socket:[8]');
    await look();
    expect(heldNow()).toEqual([]);
  });

  it('go with their process, unless somebody else holds them too', async () => {
    proc.begin(20, { 3: 'socket:[7]', 4: 'socket:[8]' });
    proc.begin(21, { 9: 'socket:[8]' });
    await looks(2, 7, 8);
    await looks(2);
    expect(heldNow()).toEqual(['7: 20/3', '8: 20/4', '8: 21/9']);
    proc.exit(20);
    await look();
    expect(heldNow()).toEqual(['8: 21/9']);
  });

  it('are found by the next survey behind a descriptor that was duplicated, and behind the one of an heir', async () => {
    proc.begin(20, { 3: 'socket:[7]', 4: 'socket:[8]' });
    await looks(2, 7, 8);
    proc.close(20, 3);
    proc.link(20, 5, 'socket:[7]');
    proc.close(20, 4);
    proc.begin(21, { 9: 'socket:[8]' });
    await looks(2);
    expect(heldNow()).toEqual([]);
    await looks(14);
    expect(heldNow()).toEqual(['7: 20/5', '8: 21/9']);
  });

  it('are followed by a duplicate that was made after they were orphaned', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2, 7);
    await looks(2);
    proc.link(20, 5, 'socket:[7]');
    await looks(24);
    expect(heldNow()).toEqual(['7: 20/3', '7: 20/5']);
    proc.close(20, 3);
    await look();
    expect(heldNow()).toEqual(['7: 20/5']);
  });

  it('are no longer suspected when a survey finds nobody', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2, 7);
    proc.close(20, 3);
    await looks(2);
    expect([...finder.orphans.wanted()]).toEqual([[7, []]]);
    await looks(24);
    expect([...finder.orphans.wanted()]).toEqual([]);
  });

  it('are none any more when the tables show the socket again', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2, 7);
    await looks(2);
    expect(heldNow()).toEqual(['7: 20/3']);
    expect(await looks(2, 7)).toEqual({ count: 0, items: [] });
    expect(heldNow()).toEqual([]);
  });

  it('are told again every minute, and at once when the server refused it', async () => {
    proc.begin(20, { 3: 'socket:[7]' });
    await looks(2, 7);
    await looks(2);
    expect(await looks(11)).toBeUndefined();
    expect(await look()).toMatchObject({ count: 1 });
    collector.retell();
    expect(await look()).toMatchObject({ count: 1 });
  });

  it('are followed in turns and told less often when they are thousands', async () => {
    const inodes = Array.from({ length: 1_200 }, (_, index) => 100 + index);
    proc.begin(20, Object.fromEntries(inodes.map((inode) => [inode, `socket:[${inode}]`])));
    await looks(2, ...inodes);
    const told = await looks(8);
    expect(told?.count).toBe(1_200);
    expect(told?.items).toHaveLength(1_000);
    for (const inode of inodes) if (inode % 2 === 0) proc.close(20, inode);
    // 700 descriptors in five seconds.
    await look();
    expect(finder.orphans.size).toBeGreaterThan(600);
    await look();
    expect(finder.orphans.size).toBe(600);
  });

  it('are counted all, and told as far as they take no large share of a push, when each has many owners', async () => {
    const inodes = Array.from({ length: 110 }, (_, index) => 100 + index);
    const descriptors = Object.fromEntries(inodes.map((inode) => [inode, `socket:[${inode}]`]));
    for (let pid = 20; pid < 60; pid++) {
      proc.begin(pid, descriptors);
      proc.command(pid, ['worker', 'x'.repeat(700)]);
    }
    // Long enough for a survey, which finds all who share one.
    await looks(18, ...inodes);
    const told = await looks(9);
    expect(told?.count).toBe(110);
    expect(told?.items.length).toBeGreaterThan(40);
    expect(told?.items[0]?.owners).toHaveLength(40);
    expect(JSON.stringify(told).length).toBeLessThan(2.1 * 1024 * 1024);
  }, 60_000);
});
