import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pacer } from '../pacer.ts';
import { DescriptorUse, descriptorLimitIn } from './descriptor-use.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-descriptors-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const read = (use: DescriptorUse, at: number, hidden = new Set<string>()) => use.read(at, hidden, new Pacer());

describe('the limit of descriptors', () => {
  it('is the soft one', () => {
    expect(
      descriptorLimitIn(
        'Max processes             99        99        processes\nMax open files            1024                 1048576              files     \n',
      ),
    ).toBe(1_024);
  });

  it.each(['', 'Max open files            unlimited            unlimited            files', 'Max open fi'])(
    'is not known from %j',
    (text) => expect(descriptorLimitIn(text)).toBeNull(),
  );
});

describe('descriptors in use', () => {
  it('are those of this process', async () => {
    const hidden = new Set<string>();
    const { used, limit } = await read(new DescriptorUse('/proc/self'), 0, hidden);
    expect(Math.abs((used ?? 0) - readdirSync('/proc/self/fd').length)).toBeLessThan(5);
    expect(limit).toBeGreaterThan(0);
    expect([...hidden]).toEqual([]);
  });

  it('are counted once a minute where the folder tells no size, as before Linux 6.2', async () => {
    // Other folders of /proc still have none.
    symlinkSync('/proc/self/task', join(folder, 'fd'));
    const use = new DescriptorUse(folder);
    const threads = readdirSync('/proc/self/task').length;
    expect(await read(use, 0)).toEqual({ used: threads, limit: null });
    rmSync(join(folder, 'fd'));
    symlinkSync('/proc/self/ns', join(folder, 'fd'));
    expect((await read(use, 59_000)).used).toBe(threads);
    expect((await read(use, 60_000)).used).toBe(readdirSync('/proc/self/ns').length);
  });

  it('are not known of a process that is gone', async () => {
    writeFileSync(join(folder, 'limits'), 'Max open files            12                 24              files\n');
    expect(await read(new DescriptorUse(folder), 0)).toEqual({ used: null, limit: 12 });
  });
});
