import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PLAIN } from '../terminal/paint.ts';
import { leaks } from './leaks.ts';

let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
  for (const file of ['sys/kernel/random/boot_id', 'self/status', 'stat']) {
    mkdirSync(join(procRoot, dirname(file)), { recursive: true });
    writeFileSync(join(procRoot, file), readFileSync(join('/proc', file)));
  }
  mkdirSync(join(procRoot, 'self/ns'));
  writeFileSync(join(procRoot, 'self/ns/net'), '');
});

afterEach(() => rmSync(procRoot, { recursive: true }));

describe('leaks', () => {
  it('fail where no socket can be read, and do not pass for none', async () => {
    const options = {
      json: false,
      connections: false,
      check: true,
      minAgeSeconds: 60,
      width: 80,
      paint: PLAIN,
      language: 'en' as const,
    };
    await expect(leaks({ ...options, source: 'procfs', procRoot })).rejects.toThrow(/net\/tcp cannot be read: ENOENT/);
  });
});
