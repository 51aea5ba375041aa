import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NamespaceNumbers, type NamespaceMark } from './namespace-numbers.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-agent-'));
  path = join(folder, 'agent/namespaces.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

function mark(facts: Partial<NamespaceMark> = {}): NamespaceMark {
  return { inode: 4026532100, cookie: '77', eldest: { pid: 20, startTicks: 500 }, name: 'web', ...facts };
}

async function numberOf(numbers: NamespaceNumbers, facts: Partial<NamespaceMark> = {}): Promise<number> {
  const known = mark(facts);
  const number = numbers.numberOf(known, { inode: known.inode, name: known.name });
  await numbers.keep();
  return number;
}

describe('the numbers of namespaces', () => {
  it('count from 1 and last over a restart', async () => {
    const first = new NamespaceNumbers(path, 'boot');
    expect([await numberOf(first), await numberOf(first, { inode: 4026532200, cookie: '78' })]).toEqual([1, 2]);
    const second = new NamespaceNumbers(path, 'boot');
    expect(await numberOf(second, { inode: 4026532200, cookie: '78' })).toBe(2);
    expect(await numberOf(second, { inode: 4026532300, cookie: '79' })).toBe(3);
    expect(second.departed()).toMatchObject([{ number: 1, namespace: { inode: 4026532100, name: 'web' } }]);
    expect(readdirSync(join(folder, 'agent'))).toEqual(['namespaces.json']);
  });

  it.each([
    ['by its cookie, whoever is in it', {}, { eldest: undefined }, true],
    ['as another by its cookie, though the inode is the same', {}, { cookie: '78' }, false],
    ['by a process that is in it since', { cookie: null }, { cookie: null, name: 'other' }, true],
    [
      'as another when the process is another',
      { cookie: null },
      { cookie: null, eldest: { pid: 20, startTicks: 501 } },
      false,
    ],
    ['by a process when the kernel tells cookies only now', { cookie: null }, {}, true],
    [
      'by its name where it has neither',
      { cookie: null, eldest: undefined },
      { cookie: null, eldest: undefined },
      true,
    ],
    [
      'as another by its name',
      { cookie: null, eldest: undefined },
      { cookie: null, eldest: undefined, name: 'db' },
      false,
    ],
    ['as another by its inode', {}, { inode: 4026532101 }, false],
  ] as const)('know a namespace again %s', async (_how, before, after, same) => {
    expect(await numberOf(new NamespaceNumbers(path, 'boot'), before)).toBe(1);
    expect(await numberOf(new NamespaceNumbers(path, 'boot'), after)).toBe(same ? 1 : 2);
  });

  it('are new after a reboot, whatever is the same, and the old ones are to be told', async () => {
    await numberOf(new NamespaceNumbers(path, 'boot'), { cookie: null });
    const rebooted = new NamespaceNumbers(path, 'next boot');
    expect(await numberOf(rebooted, { cookie: null })).toBe(2);
    expect(rebooted.departed().map(({ number }) => number)).toEqual([1]);
    const again = new NamespaceNumbers(path, 'next boot');
    expect(await numberOf(again, { cookie: null })).toBe(2);
    expect(again.departed().map(({ number }) => number)).toEqual([1]);
    again.forget(1);
    await again.keep();
    expect(new NamespaceNumbers(path, 'next boot').departed().map(({ number }) => number)).toEqual([2]);
  });

  it('are never given twice, though what had one is forgotten', async () => {
    const numbers = new NamespaceNumbers(path, 'boot');
    numbers.forget(await numberOf(numbers));
    await numbers.keep();
    expect(await numberOf(new NamespaceNumbers(path, 'boot'))).toBe(2);
  });

  it('are known by the process that is in it now', async () => {
    const numbers = new NamespaceNumbers(path, 'boot');
    const number = await numberOf(numbers, { cookie: null });
    numbers.renew(number, { inode: 4026532100, name: 'node (30)' }, { pid: 30, startTicks: 600 });
    await numbers.keep();
    const again = new NamespaceNumbers(path, 'boot');
    expect(await numberOf(again, { cookie: null, eldest: { pid: 30, startTicks: 600 } })).toBe(number);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"bootId":"boot","next":0,"entries":[]}',
    '{"bootId":"boot","next":3,"entries":[{"number":1}]}',
  ])('begin past all that may have been given when the file is damaged: %j', async (text) => {
    mkdirSync(join(folder, 'agent'));
    writeFileSync(path, text);
    const numbers = new NamespaceNumbers(path, 'boot');
    expect(numbers.missing).toMatch(/namespaces\.json: it is damaged; they are numbered anew$/);
    expect(await numberOf(numbers)).toBeGreaterThan(1_000_000_000);
    expect(await numberOf(new NamespaceNumbers(path, 'boot'), { cookie: '78' })).toBeLessThan(2_147_483_647);
  });

  it('go on in memory, and say so, where nothing can be written', async () => {
    writeFileSync(join(folder, 'agent'), 'a file in the way');
    const numbers = new NamespaceNumbers(path, 'boot');
    expect(
      [await numberOf(numbers), await numberOf(numbers, { cookie: '78' })].map(
        (number, _, [first = 0]) => number - first,
      ),
    ).toEqual([0, 1]);
    expect(numbers.missing).toMatch(/they will not outlast this run$/);
  });

  it('are written again when the disk did not take them the first time', async () => {
    const numbers = new NamespaceNumbers(path, 'boot');
    writeFileSync(join(folder, 'agent'), 'in the way');
    expect(await numberOf(numbers)).toBe(1);
    expect(numbers.missing).toMatch(/namespaces\.json: .*they will not outlast this run/);
    rmSync(join(folder, 'agent'));
    await numbers.keep();
    expect(numbers.missing).toBeUndefined();
    expect(await numberOf(new NamespaceNumbers(path, 'boot'), { inode: 4026532300, cookie: '79' })).toBe(2);
  });
});
