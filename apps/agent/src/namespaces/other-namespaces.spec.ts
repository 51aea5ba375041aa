import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Snapshot } from '@closewatch/protocol';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { ServerClock } from '../sampling/server-clock.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { ContainerNames } from './container-names.ts';
import { Doors } from './namespace-door.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { NamespaceNumbers } from './namespace-numbers.ts';
import { OtherNamespaces } from './other-namespaces.ts';

const BOOT_ID = 'boot';
const GONE = { inode: 4_026_532_100, name: 'web' };

let proc: FakeProc;
let others: OtherNamespaces;
let now: number;

beforeEach(async () => {
  now = 0;
  proc = new FakeProc();
  const path = join(proc.root, 'namespaces.json');
  const before = new NamespaceNumbers(path, BOOT_ID);
  before.numberOf({ ...GONE, cookie: '77', eldest: undefined }, GONE);
  await before.keep();
  const clock = new ServerClock({ monotonic: () => now, wall: () => 1e12 + now });
  let seq = 0;
  others = new OtherNamespaces({
    procRoot: proc.root,
    bootId: BOOT_ID,
    finder: new NamespaceFinder(proc.root, []),
    doors: new Doors({ procRoot: proc.root, forced: 'procfs', mayEnter: false }),
    numbers: new NamespaceNumbers(path, BOOT_ID),
    containers: new ContainerNames([]),
    owners: new OwnerFinder(proc.root, 0),
    tickMs: 5_000,
    lacking: undefined,
    clock,
    nextSeq: () => seq++,
    behind: () => false,
    uptimeMs: () => now,
  });
});

afterEach(async () => {
  await others.close();
  proc.remove();
});

async function turn(): Promise<Snapshot[]> {
  now += 5_000;
  const snapshots: Snapshot[] = [];
  for await (const snapshot of others.turn()) snapshots.push(snapshot);
  return snapshots;
}

describe('other network namespaces', () => {
  it('of an earlier run have not ended as long as nobody can look for them', async () => {
    expect(await turn()).toEqual([]);
    expect(others.missing).toEqual([expect.stringContaining('other network namespaces cannot be looked for: ENOENT')]);
    mkdirSync(join(proc.root, 'self/ns'), { recursive: true });
    writeFileSync(join(proc.root, 'self/ns/net'), '');
    expect(await turn()).toMatchObject([{ netns: 1, namespace: GONE, complete: true, connections: [] }]);
    expect(others.missing).toEqual([]);
    expect(await turn()).toEqual([]);
  });
});
