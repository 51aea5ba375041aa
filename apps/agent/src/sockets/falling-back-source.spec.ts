import { describe, expect, it } from '@jest/globals';
import { emptyTally } from '@closewatch/socket-states';
import { FallingBackSource } from './falling-back-source.ts';
import { Listeners } from './listeners.ts';
import { type SocketSource } from './socket-table.ts';

/** A source that works in the looks whose letter is `w` and fails in the others. */
function source(name: SocketSource['name'], looks: string): SocketSource {
  let look = 0;
  return {
    name,
    read: () => {
      if (looks[look++] !== 'w') return Promise.reject(new Error(`${name} failed`));
      const table = { source: name, counts: emptyTally(), listeners: new Listeners(), closeWait: [], missing: [] };
      return Promise.resolve(table);
    },
    ages: () => undefined,
    close: () => undefined,
  };
}

/** Which source answered each look; `-` where none did. */
async function answers(better: string, other: string, looks = 6): Promise<string> {
  const both = new FallingBackSource(source('netlink', better), source('procfs', other));
  let said = '';
  for (let look = 0; look < looks; look++) {
    said += await both.read().then(
      (table) => table.source.slice(0, 1),
      () => '-',
    );
  }
  return said;
}

describe('falling back', () => {
  it('stays with netlink while it works', async () => {
    expect(await answers('wwwwww', 'wwwwww')).toBe('nnnnnn');
  });

  it('reads /proc from the first look on when netlink does not answer the first', async () => {
    expect(await answers('-wwwww', 'wwwwww')).toBe('pppppp');
  });

  it('forgives netlink two failures in a row, and gives it up at the third', async () => {
    expect(await answers('w--w--', 'wwwwww')).toBe('n--n--');
    expect(await answers('w---ww', 'wwwwww')).toBe('n--ppp');
  });

  it('tries netlink again after 120 looks without it, and stays with it when it works', async () => {
    expect(await answers('--ww', 'w'.repeat(400), 242)).toBe(`${'p'.repeat(240)}nn`);
    expect(await answers('-www', 'w'.repeat(400), 123)).toBe(`${'p'.repeat(120)}nnn`);
  });

  it('says with every table why it is not the better one', async () => {
    const both = new FallingBackSource(source('netlink', '-'), source('procfs', 'ww'));
    await both.read();
    expect((await both.read()).missing).toEqual(['netlink failed; reading procfs instead']);
    expect(both.name).toBe('procfs');
  });

  it('fails when both fail', async () => {
    await expect(new FallingBackSource(source('netlink', '-'), source('procfs', '-')).read()).rejects.toThrow(
      'procfs failed',
    );
  });
});
