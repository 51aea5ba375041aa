import { afterEach, describe, expect, it } from '@jest/globals';
import { Pacer } from '../pacer.ts';
import { ProcessTable } from '../processes/process-table.ts';
import { SocketRoll } from '../sockets/socket-roll.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { HolderList } from './holder-list.ts';
import { SocketHolders, type TrackedOwners } from './socket-holders.ts';

const ourUid = process.getuid?.() ?? 0;
const ESTABLISHED = 1;
const procs: FakeProc[] = [];

afterEach(() => {
  for (const proc of procs.splice(0)) proc.remove();
});

/** Counts the descriptors that are followed. */
class CountingTable extends ProcessTable {
  followed = 0;

  override socketBehind(pid: number, descriptor: string): number | 'hidden' | undefined {
    this.followed++;
    return super.socketBehind(pid, descriptor);
  }
}

/** A host with these processes, for each its descriptors, and a memory of who holds its sockets. */
function host(processes: Record<number, Record<number, string>>) {
  const proc = new FakeProc();
  procs.push(proc);
  for (const [pid, descriptors] of Object.entries(processes)) proc.begin(Number(pid), descriptors);
  const table = new CountingTable(proc.root, 0);
  const list = new HolderList(proc.root, 0);
  const holders = new SocketHolders(table, list);
  /** One turn with these sockets; returns how many descriptors it followed, and what it could not find. */
  const turn = async (inodes: readonly number[], { budget = 1_000, uid = ourUid, tracked = [] as unknown[] } = {}) => {
    const roll = new SocketRoll();
    for (const inode of inodes) roll.add(inode, uid, ESTABLISHED);
    const before = table.followed;
    const tracker = { open: () => tracked } as TrackedOwners;
    const unfound = await holders.update(roll, tracker, { budget, pacer: new Pacer() });
    return { followed: table.followed - before, ...unfound };
  };
  const pidsOf = (inode: number) => holders.of(inode).map((holder) => holder.process.pid);
  return { proc, turn, pidsOf, list };
}

/** So many descriptors, which lead to sockets from inode `first` on. */
function descriptorsTo(first: number, many: number): Record<number, string> {
  return Object.fromEntries(Array.from({ length: many }, (_, i) => [i + 10, `socket:[${first + i}]`]));
}

function inodes(first: number, many: number): number[] {
  return Array.from({ length: many }, (_, i) => first + i);
}

describe('who holds the sockets of a host', () => {
  it('are all processes with a descriptor of them', async () => {
    const { turn, pidsOf } = host({
      1: {},
      20: { 0: '/dev/null', 3: 'socket:[77]', 4: 'socket:[77]', 5: 'socket:[99]' },
      21: { 9: 'socket:[77]', 10: 'socket:[78]' },
    });
    await turn([77, 78, 79, 0]);
    expect([pidsOf(77), pidsOf(78), pidsOf(79), pidsOf(0), pidsOf(99)]).toEqual([[20, 21], [21], [], [], []]);
  });

  it('are remembered: a turn without new sockets follows no descriptor', async () => {
    const { turn, pidsOf } = host({ 1: {}, 25: descriptorsTo(100, 200) });
    expect((await turn(inodes(100, 200))).followed).toBe(200);
    expect((await turn(inodes(100, 200))).followed).toBe(0);
    expect((await turn(inodes(150, 150))).followed).toBe(0);
    expect([pidsOf(100), pidsOf(299)]).toEqual([[], [25]]);
  });

  it('are searched behind the descriptors of which nothing is known, of holders first, until all are found', async () => {
    const { turn, pidsOf, proc } = host({ 1: { 0: 'pipe:[1]' }, 25: descriptorsTo(100, 50), 26: { 0: 'pipe:[1]' } });
    await turn(inodes(100, 50));
    proc.link(25, 500, 'socket:[777]');
    expect((await turn([...inodes(100, 50), 777])).followed).toBe(1);
    expect(pidsOf(777)).toEqual([25]);
  });

  it('are found under another user than the socket was opened by', async () => {
    const { turn, pidsOf } = host({ 1: {}, 25: { 3: 'socket:[77]' } });
    await turn([]);
    await turn([77], { uid: ourUid + 1 });
    expect(pidsOf(77)).toEqual([25]);
  });

  it('are found anew when a descriptor number is used again', async () => {
    const { turn, pidsOf, proc } = host({ 1: {}, 25: { 3: 'socket:[77]' } });
    await turn([77]);
    proc.link(25, 3, 'socket:[88]');
    await turn([88]);
    expect([pidsOf(77), pidsOf(88)]).toEqual([[], [25]]);
  });

  it('are those who are left when one exits, and nobody when all have', async () => {
    const { turn, pidsOf, proc } = host({
      1: {},
      25: { 3: 'socket:[77]' },
      26: { 3: 'socket:[77]', 4: 'socket:[78]' },
    });
    await turn([77, 78]);
    proc.exit(26);
    await turn([77, 78]);
    expect([pidsOf(77), pidsOf(78)]).toEqual([[25], []]);
  });

  it('are not who took the pid of one that exited', async () => {
    const { turn, pidsOf, proc } = host({ 1: {}, 25: { 3: 'socket:[77]' } });
    await turn([77]);
    proc.exit(25);
    proc.begin(25, {}, 999);
    await turn([77]);
    expect(pidsOf(77)).toEqual([]);
  });

  it('are who inherited one too: a new process is searched as a whole', async () => {
    const { turn, pidsOf, proc } = host({ 1: {}, 25: { 3: 'socket:[77]' } });
    await turn([77]);
    proc.begin(27, { 3: 'socket:[77]' });
    await turn([77]);
    expect(pidsOf(77)).toEqual([25, 27]);
  });

  it('are, within twenty turns, no longer who closed it while another kept it, and who was handed it', async () => {
    const { turn, pidsOf, proc } = host({
      1: {},
      25: { 3: 'socket:[77]', 4: 'socket:[78]' },
      26: { 3: 'socket:[77]' },
    });
    await turn([77, 78]);
    proc.close(25, 3);
    proc.link(26, 9, 'socket:[78]');
    for (let i = 0; i < 20; i++) await turn([77, 78]);
    expect([pidsOf(77), pidsOf(78)]).toEqual([[26], [25, 26]]);
  });

  it('are looked for behind no more descriptors than a turn may follow, and found in turns to come', async () => {
    const { turn, pidsOf } = host({ 1: {}, 25: descriptorsTo(100, 500), 26: descriptorsTo(1_000, 20) });
    const sockets = [...inodes(100, 500), ...inodes(1_000, 20)];
    const first = await turn(sockets, { budget: 120 });
    expect(first.followed).toBeLessThanOrEqual(120);
    // The one with few descriptors is not starved by the one with many.
    expect(inodes(1_000, 20).every((inode) => pidsOf(inode).length === 1)).toBe(true);
    expect(first.notLookedUp).toBe(
      sockets.length - 20 - inodes(100, 500).filter((inode) => pidsOf(inode).length).length,
    );
    let { notLookedUp } = first;
    for (let i = 0; i < 30 && notLookedUp > 0; i++) {
      const next = await turn(sockets, { budget: 120 });
      expect(next.followed).toBeLessThanOrEqual(120);
      ({ notLookedUp } = next);
    }
    expect(inodes(100, 500).every((inode) => pidsOf(inode)[0] === 25)).toBe(true);
  });

  it('are searched for ever less often when nobody is found', async () => {
    const { turn } = host({ 1: {}, 33: { 0: 'pipe:[1]' } });
    await turn([77]);
    const followed: number[] = [];
    for (let i = 2; i <= 40; i++) followed.push((await turn([77])).followed);
    const searched = followed.flatMap((count, i) => (count > 0 ? [i + 2] : []));
    expect(searched).toEqual([2, 4, 8, 16, 32]);
  });

  it('are taken over from the leak tracker without following a descriptor', async () => {
    const { turn, pidsOf } = host({ 1: {}, 25: descriptorsTo(100, 3) });
    await turn([]);
    const startedAt = '1970-01-01T00:00:01.000Z';
    const tracked = [
      { inode: 100, owners: [{ pid: 25, startedAt, descriptor: 10 }] },
      { inode: 101, owners: [{ pid: 25, startedAt: '1999-01-01T00:00:00.000Z', descriptor: 11 }] },
      { inode: 555, owners: [{ pid: 25, startedAt, descriptor: 12 }] },
    ];
    expect((await turn([100], { tracked })).followed).toBe(0);
    expect([pidsOf(100), pidsOf(101), pidsOf(555)]).toEqual([[25], [], []]);
  });

  it('tell when some may be hidden: not even the first process shows', async () => {
    const { turn } = host({ 20: { 3: 'socket:[77]' } });
    expect(await turn([77])).toMatchObject({ hidden: true });
    expect(await host({ 1: {} }).turn([77])).toMatchObject({ hidden: false, notLookedUp: 0 });
  });

  it('are forgotten with their last socket', async () => {
    const { turn, list } = host({ 1: {}, 25: { 3: 'socket:[77]' } });
    await turn([77]);
    expect([...list.all()]).toHaveLength(1);
    await turn([]);
    expect([...list.all()]).toHaveLength(0);
  });

  it('are still those that hold a socket by a second descriptor when the first one leads elsewhere', async () => {
    const { proc, turn, pidsOf } = host({ 1: {}, 20: { 3: 'socket:[7]', 4: 'socket:[7]' } });
    await turn([7]);
    expect(pidsOf(7)).toEqual([20]);
    proc.link(20, 3, 'socket:[8]');
    const startedAt = new Date(1_000).toISOString();
    const tracked = [{ inode: 8, owners: [{ pid: 20, startedAt, descriptor: 3 }] }];
    await turn([7, 8], { tracked });
    await turn([7, 8], { tracked });
    expect([7, 8].map(pidsOf)).toEqual([[20], [20]]);
  });
});
