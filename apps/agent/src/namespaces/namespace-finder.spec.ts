import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeProc } from '../testing/fake-proc.ts';
import { ZooNamespace, obstacleToNetstat } from '../testing/network-namespace.ts';
import { execFileSync } from 'node:child_process';
import { NamespaceFinder } from './namespace-finder.ts';

const obstacle = obstacleToNetstat();
const describeAsRoot = obstacle === undefined ? describe : describe.skip;

describe('a finder of network namespaces', () => {
  it('never takes the own one for another', async () => {
    const found = await new NamespaceFinder('/proc').find();
    expect(found.map(({ inode }) => inode)).not.toContain(statSync('/proc/self/ns/net').ino);
    expect(found.flatMap(({ pids }) => pids)).not.toContain(process.pid);
  });

  it('tells a namespace from the one before that had the inode of its tables', async () => {
    const proc = new FakeProc();
    try {
      mkdirSync(join(proc.root, 'self/ns'), { recursive: true });
      writeFileSync(join(proc.root, 'self/ns/net'), '');
      const enter = (pid: number, inode: number): void => {
        for (const folder of ['net', 'ns']) mkdirSync(join(proc.root, String(pid), folder), { recursive: true });
        symlinkSync(`net:[${inode}]`, join(proc.root, String(pid), 'ns/net'));
      };
      enter(20, 4_026_532_100);
      writeFileSync(join(proc.root, '20/net/tcp'), '');
      const finder = new NamespaceFinder(proc.root, []);
      expect(await finder.find()).toMatchObject([{ inode: 4_026_532_100, pids: [20] }]);
      enter(21, 4_026_532_200);
      renameSync(join(proc.root, '20/net/tcp'), join(proc.root, '21/net/tcp'));
      proc.exit(20);
      expect(await finder.find()).toMatchObject([{ inode: 4_026_532_200, pids: [21] }]);
    } finally {
      proc.remove();
    }
  });

  it('says why it cannot look', async () => {
    await expect(new NamespaceFinder('/nowhere').find()).rejects.toThrow(/ENOENT.*\/nowhere\/self\/ns\/net/);
  });
});

describeAsRoot(`a finder of network namespaces, of others${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  let other: ZooNamespace;
  let folder: string;
  let inode: number;

  beforeAll(async () => {
    other = await ZooNamespace.open();
    inode = statSync(`/proc/${other.pid}/ns/net`).ino;
    folder = mkdtempSync(join(tmpdir(), 'closewatch-netns-'));
    // What `ip netns add` does: a namespace without a process, bound to a name; and a name that is not bound yet.
    for (const name of ['named', 'unbound', 'taken']) closeSync(openSync(join(folder, name), 'w'));
    execFileSync('unshare', [`--net=${join(folder, 'named')}`, 'true']);
    execFileSync('mount', ['--bind', `/proc/${other.pid}/ns/net`, join(folder, 'taken')]);
  });

  afterAll(async () => {
    for (const name of ['named', 'taken']) execFileSync('umount', [join(folder, name)]);
    rmSync(folder, { recursive: true });
    await other.close();
  });

  it('tells those with processes and those with a name', async () => {
    const finder = new NamespaceFinder('/proc', ['/nowhere', folder]);
    const found = await finder.find();
    const ours = found.find((namespace) => namespace.inode === inode);
    expect(ours).toMatchObject({ pids: [other.pid], mount: { name: 'taken' } });
    const named = found.find(({ mount }) => mount?.name === 'named');
    expect(named).toMatchObject({ inode: statSync(join(folder, 'named')).ino, tableInode: undefined, pids: [] });
    expect(found.some(({ mount }) => mount?.name === 'unbound')).toBe(false);
    expect(ours && finder.isHeld(ours, other.pid)).toBe(true);
    expect(ours && finder.isHeld(ours, process.pid)).toBe(false);
    expect(named && finder.isHeld(named, undefined)).toBe(true);
  });

  it('finds them for a user who may not look into other processes, and keeps what they go by', async () => {
    const [finder, later] = [new NamespaceFinder('/proc', []), new NamespaceFinder('/proc', [])];
    const of = async (who: NamespaceFinder) => (await who.find()).find(({ pids }) => pids.includes(other.pid));
    const before = await of(finder);
    process.seteuid?.(65_534);
    try {
      expect(await of(finder)).toEqual(before);
      const hidden = await of(later);
      expect(hidden?.inode).toBe(hidden?.tableInode);
      expect(hidden?.tableInode).toBe(before?.tableInode);
    } finally {
      process.seteuid?.(0);
    }
    expect((await of(later))?.inode).toBe(before?.tableInode);
  });
});
