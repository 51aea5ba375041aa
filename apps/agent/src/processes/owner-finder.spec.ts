import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess } from 'node:child_process';
import { NetlinkSource } from '../sockets/netlink.ts';
import { type CloseWaitSocket } from '../sockets/socket-table.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { order, startLeakingChild } from '../testing/leaking.ts';
import { ended } from '../testing/program.ts';
import { OwnerFinder } from './owner-finder.ts';

const children: ChildProcess[] = [];
const procs: FakeProc[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await ended(child);
  for (const proc of procs.splice(0)) proc.remove();
});

/** A process with so many CLOSE_WAIT sockets, and the sockets. */
async function leakingChild(many: number): Promise<{ child: ChildProcess; sockets: CloseWaitSocket[] }> {
  const { child, port } = await startLeakingChild(many, '--password', 'hunter2');
  children.push(child);
  const source = new NetlinkSource('/proc');
  try {
    const { closeWait } = await source.read();
    return { child, sockets: [...closeWait].filter((socket) => socket.fiveTuple().local.port === port) };
  } finally {
    source.close();
  }
}

/** A /proc with these processes, for each its descriptors. */
function fakeProc(processes: Record<number, Record<number, string>>): FakeProc {
  const proc = new FakeProc();
  procs.push(proc);
  for (const [pid, descriptors] of Object.entries(processes)) proc.begin(Number(pid), descriptors);
  return proc;
}

const ourUid = process.getuid?.() ?? 0;

describe('who holds a socket', () => {
  it('is the process and the descriptor that really do', async () => {
    const { child, sockets } = await leakingChild(3);
    const finder = new OwnerFinder('/proc', Date.now());
    const found = await finder.find(sockets);
    expect(sockets).toHaveLength(3);
    const owners = sockets.flatMap(({ inode }) => found.get(inode)?.owners ?? []);
    expect(owners.map(({ pid }) => pid)).toEqual([child.pid, child.pid, child.pid]);
    expect(owners.every(({ executable, command }) => executable === 'node' && command.endsWith('--password ***'))).toBe(
      true,
    );
    expect(new Set(owners.map(({ descriptor }) => descriptor)).size).toBe(3);
    for (const [index, owner] of owners.entries())
      expect(finder.stillHolds(owner, sockets[index]?.inode ?? 0)).toBe(true);
  });

  it('still holds it when the socket has left every table, until the descriptor is closed', async () => {
    const { child, sockets } = await leakingChild(1);
    const [socket] = sockets;
    if (socket === undefined) throw new Error('the child leaks nothing');
    const finder = new OwnerFinder('/proc', Date.now());
    const [owner] = (await finder.find(sockets)).get(socket.inode)?.owners ?? [];
    if (owner === undefined) throw new Error('nobody holds it');
    await order(child, 'orphan');
    expect(finder.stillHolds(owner, socket.inode)).toBe(true);
    await order(child, 'close');
    expect(finder.stillHolds(owner, socket.inode)).toBe(false);
  });

  it('are all who share it, and all their descriptors', async () => {
    const proc = fakeProc({
      1: { 0: '/dev/null' },
      20: { 3: 'socket:[77]', 4: 'socket:[77]', 5: 'pipe:[77]' },
      21: { 9: 'socket:[77]', 10: 'socket:[78]' },
    });
    const found = await new OwnerFinder(proc.root, 0).find([{ inode: 77, uid: ourUid }]);
    expect(found.get(77)?.ownership).toBe('known');
    expect(found.get(77)?.owners.map(({ pid, descriptor }) => `${pid}/${descriptor}`)).toEqual([
      '20/3',
      '20/4',
      '21/9',
    ]);
    expect(found.get(77)?.owners[0]).toMatchObject({
      executable: 'prog 20',
      command: 'prog 20',
      startedAt: '1970-01-01T00:00:01.000Z',
    });
  });

  it('is searched for no longer than it pays once everybody is found, the largest process first', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [index, 'pipe:[1]']));
    const proc = fakeProc({
      1: {},
      20: { 3: 'socket:[77]' },
      21: { ...many, 1_500: 'socket:[77]', 1_501: 'socket:[78]' },
      22: { ...many, 1_500: 'socket:[77]' },
    });
    const finder = new OwnerFinder(proc.root, 0);
    const found = await finder.find([
      { inode: 77, uid: ourUid },
      { inode: 78, uid: ourUid },
    ]);
    expect(found.get(78)?.owners).toMatchObject([{ pid: 21 }]);
    expect(found.get(77)?.owners.map(({ pid }) => pid)).toContain(21);
    // The rest is left to the survey.
    const survey = finder.survey(new Map([[77, found.get(77)?.owners ?? []]]));
    expect(await survey.advance(10_000)).toBe(true);
    expect(survey.found.get(77)?.map(({ pid }) => pid)).toEqual([20, 21, 22]);
  });

  it('is found in processes of another user when nobody of its own has it', async () => {
    const proc = fakeProc({ 1: {}, 20: { 3: 'socket:[77]' } });
    const found = await new OwnerFinder(proc.root, 0).find([{ inode: 77, uid: ourUid + 1 }]);
    expect(found.get(77)?.owners).toMatchObject([{ pid: 20, descriptor: 3 }]);
  });

  it('is nobody yet for a socket without an inode, and nobody at all where none is found', async () => {
    const proc = fakeProc({ 1: {} });
    const found = await new OwnerFinder(proc.root, 0).find([
      { inode: 0, uid: 0 },
      { inode: 77, uid: ourUid },
    ]);
    expect(found.get(0)).toEqual({ ownership: 'not_accepted', owners: [] });
    expect(found.get(77)).toEqual({ ownership: 'none', owners: [] });
  });

  const itAsRoot = ourUid === 0 ? it : it.skip;
  itAsRoot('is hidden from a user who may not look (needs root to become one)', async () => {
    const { sockets } = await leakingChild(1);
    const [socket] = sockets;
    if (socket === undefined || process.seteuid === undefined) throw new Error('the child leaks nothing');
    process.seteuid(65_534);
    try {
      const found = await new OwnerFinder('/proc', 0).find(sockets);
      expect(found.get(socket.inode)).toEqual({ ownership: 'hidden', owners: [] });
    } finally {
      process.seteuid(0);
    }
  });

  it('is hidden where not even the first process shows', async () => {
    const proc = fakeProc({ 20: { 3: 'socket:[5]' } });
    expect((await new OwnerFinder(proc.root, 0).find([{ inode: 77, uid: ourUid }])).get(77)?.ownership).toBe('hidden');
  });

  it('is another one when the process has exited and its pid was taken', async () => {
    const proc = fakeProc({ 1: {}, 20: { 3: 'socket:[77]' } });
    const finder = new OwnerFinder(proc.root, 0);
    await finder.find([{ inode: 77, uid: ourUid }]);
    expect(await finder.startsOf([20])).toEqual(new Map([[20, new Date(1_000).toISOString()]]));
    proc.name(20, 'other', 999);
    expect(await finder.startsOf([20])).toEqual(new Map([[20, new Date(9_990).toISOString()]]));
    const [owner] = (await finder.find([{ inode: 77, uid: ourUid }])).get(77)?.owners ?? [];
    expect(owner).toMatchObject({ executable: 'other', startedAt: '1970-01-01T00:00:09.990Z' });
  });

  it('is found behind a descriptor whose number was used again, while its old socket lives on in a child', async () => {
    const proc = fakeProc({ 1: {}, 20: { 3: 'socket:[77]' }, 21: { 3: 'socket:[77]' } });
    const finder = new OwnerFinder(proc.root, 0);
    await finder.find([{ inode: 77, uid: ourUid }]);
    proc.link(20, 3, 'socket:[88]');
    expect((await finder.find([{ inode: 88, uid: ourUid }])).get(88)?.owners).toMatchObject([
      { pid: 20, descriptor: 3 },
    ]);
  });

  it('is asked last of a descriptor that led to a tracked socket, and like any other after that was forgotten', async () => {
    const proc = fakeProc({ 1: {}, 20: { 3: 'socket:[77]' }, 21: { 9: 'socket:[88]' } });
    const finder = new OwnerFinder(proc.root, 0);
    const owners = (await finder.find([{ inode: 77, uid: ourUid }])).get(77)?.owners ?? [];
    proc.link(20, 3, 'socket:[88]');
    expect((await finder.find([{ inode: 88, uid: ourUid }])).get(88)?.owners).toMatchObject([{ pid: 21 }]);
    finder.forget(77, owners);
    expect((await finder.find([{ inode: 88, uid: ourUid }])).get(88)?.owners).toMatchObject([{ pid: 20 }, { pid: 21 }]);
  });
});
