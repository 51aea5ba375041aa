import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
