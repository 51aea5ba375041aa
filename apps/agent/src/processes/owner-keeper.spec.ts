import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { OwnerFinder } from './owner-finder.ts';
import { OwnerKeeper } from './owner-keeper.ts';

let proc: string;
let tracker: LeakTracker;
let keeper: OwnerKeeper;
let now = 0;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
  begin(1, {});
  tracker = new LeakTracker({ bootId: 'b', namespaceInode: 1 }, (ms) => new Date(ms).toISOString());
  keeper = new OwnerKeeper(new OwnerFinder(proc, 0));
});

afterEach(() => rmSync(proc, { recursive: true }));

function begin(pid: number, descriptors: Record<number, string>): void {
  mkdirSync(join(proc, String(pid), 'fd'), { recursive: true });
  writeFileSync(join(proc, String(pid), 'stat'), `${pid} (prog) S${' 0'.repeat(18)} ${pid} 0 0`);
  writeFileSync(join(proc, String(pid), 'cmdline'), 'prog\0');
  for (const [descriptor, link] of Object.entries(descriptors))
    symlinkSync(link, join(proc, String(pid), 'fd', descriptor));
}

function exit(pid: number): void {
  rmSync(join(proc, String(pid)), { recursive: true });
}

/** So many looks at one leaking socket; returns it as it stands after the last. */
async function looks(times: number, inode = 7): Promise<TrackedSocket | undefined> {
  for (let i = 0; i < times; i++) {
    now += 5_000;
    await keeper.update(tracker, tracker.observe({ startedAt: now, takenAt: now, table: tableOf(leak({ inode })) }));
  }
  return [...tracker.open()][0];
}

function pidsOf(tracked: TrackedSocket | undefined): number[] | undefined {
  return tracked?.owners.map(({ pid }) => pid);
}

describe('the owners of tracked sockets', () => {
  it('are found at the second sighting', async () => {
    begin(20, { 3: 'socket:[7]' });
    expect(await looks(1)).toBeUndefined();
    const tracked = await looks(1);
    expect(tracked).toMatchObject({ ownership: 'known', changed: true });
    expect(pidsOf(tracked)).toEqual([20]);
  });

  it('are looked for again later when nobody was found', async () => {
    expect(await looks(2)).toMatchObject({ ownership: 'none', owners: [] });
    begin(20, { 3: 'socket:[7]' });
    expect(pidsOf(await looks(3))).toEqual([20]);
  });

  it('are those it passed to when one exits', async () => {
    begin(20, { 3: 'socket:[7]' });
    begin(21, { 3: 'socket:[7]' });
    expect(pidsOf(await looks(2))).toEqual([20, 21]);
    exit(20);
    expect(pidsOf(await looks(1))).toEqual([21]);
  });

  it('are taken back only when a second look finds the socket alive and nobody with it', async () => {
    begin(20, { 3: 'socket:[7]' });
    await looks(2);
    exit(20);
    expect(await looks(1)).toMatchObject({ ownership: 'known', owners: [{ pid: 20 }] });
    expect(await looks(1)).toMatchObject({ ownership: 'none', owners: [] });
  });

  it('are found when a socket that waited in the backlog is accepted', async () => {
    begin(20, { 3: 'socket:[7]' });
    expect(await looks(2, 0)).toMatchObject({ ownership: 'not_accepted', owners: [] });
    expect(pidsOf(await looks(1, 7))).toEqual([20]);
  });
});
