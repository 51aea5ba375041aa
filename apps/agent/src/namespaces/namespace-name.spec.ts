import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeProc } from '../testing/fake-proc.ts';
import { ContainerNames } from './container-names.ts';
import { type FoundNamespace } from './namespace-finder.ts';
import { eldestOf, nameNamespace } from './namespace-name.ts';

const ID = 'a1'.repeat(32);
let proc: FakeProc;

beforeEach(() => {
  proc = new FakeProc();
});

afterEach(() => proc.remove());

function found(facts: Partial<FoundNamespace> = {}): FoundNamespace {
  return { inode: 4026532100, tableInode: 4026532101, pids: [], mount: undefined, ...facts };
}

function named(namespace: FoundNamespace, containers = new ContainerNames([])) {
  return nameNamespace(proc.root, namespace, eldestOf(proc.root, namespace), containers);
}

function inContainer(pid: number): void {
  writeFileSync(join(proc.root, String(pid), 'cgroup'), `0::/system.slice/docker-${ID}.scope\n`);
}

describe('what a namespace is called', () => {
  it("is its container's name, or the short id where no name is known", () => {
    proc.begin(20, {});
    inContainer(20);
    const known = new ContainerNames([]);
    known.nameOf = () => 'web';
    expect(named(found({ pids: [20] }), known)).toEqual({ inode: 4026532100, name: 'web', containerId: ID });
    expect(named(found({ pids: [20] }))).toMatchObject({ name: 'a1a1a1a1a1a1', containerId: ID });
  });

  it('goes by the process that was there first, not by a guest from a container', () => {
    proc.begin(20, {}, 900);
    inContainer(20);
    proc.begin(30, {}, 100);
    expect(named(found({ pids: [20, 30] }))).toEqual({ inode: 4026532100, name: 'prog (30)' });
  });

  it('is the name that ip netns gave it, unless a container says better', () => {
    const mount = { name: 'blue', path: '/run/netns/blue' };
    expect(named(found({ mount }))).toEqual({ inode: 4026532100, name: 'blue' });
    proc.begin(20, {});
    expect(named(found({ pids: [20], mount }))).toMatchObject({ name: 'blue' });
    inContainer(20);
    expect(named(found({ pids: [20], mount }))).toMatchObject({ name: 'a1a1a1a1a1a1' });
  });

  it.each([
    ['nginx: master process /usr/sbin/nginx\0', 'nginx (20)'],
    ['/usr/bin/java\0-jar\0x.jar\0', 'java (20)'],
    ['', 'prog 20 (20)'],
    ['a\u0007b\0', 'a b (20)'],
  ])('is what the process calls itself where its executable may not be seen: %j', (command, name) => {
    proc.begin(20, {});
    writeFileSync(join(proc.root, '20/cmdline'), command);
    expect(named(found({ pids: [20] })).name).toBe(name);
  });

  it('is its inode when all are gone meanwhile', () => {
    expect(named(found({ pids: [20] })).name).toBe('netns 4026532100');
  });
});
