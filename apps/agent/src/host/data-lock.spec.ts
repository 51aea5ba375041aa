import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataFolder } from './data-lock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the lock of the data folder', () => {
  it('is held by one at a time', async () => {
    const first = await lockDataFolder(folder, 0);
    expect(first.missing).toEqual([]);
    await expect(lockDataFolder(folder, 0)).rejects.toThrow(
      `another agent uses the data folder ${folder}: stop it, or give this one a folder of its own by CLOSEWATCH_DATA`,
    );
    first.release();
    (await lockDataFolder(folder, 0)).release();
  });

  it('is waited for while another agent is on its way out', async () => {
    const first = await lockDataFolder(folder, 0);
    setTimeout(() => first.release(), 250);
    (await lockDataFolder(folder, 5_000)).release();
  });

  it('is done without, and said so, where locks or the folder are not to be had', async () => {
    const unlocked = await lockDataFolder(folder, 0, () => {
      throw new Error('Cannot find package koffi');
    });
    expect(unlocked.missing).toEqual([
      expect.stringMatching(/cannot be locked \(Cannot find package koffi\); a second/),
    ]);
    unlocked.release();
    writeFileSync(join(folder, 'file'), '');
    const nowhere = await lockDataFolder(join(folder, 'file'), 0);
    expect(nowhere.missing).toEqual([expect.stringContaining('ENOTDIR')]);
  });
});
