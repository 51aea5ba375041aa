import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.ts';
import { createPartition, dropPartition, listPartitions } from '../database/partitions.queries.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { DatabaseSnapshot } from './database-snapshot.ts';
import { BackupProgram, runBackupProgram } from './testing/backup-program.ts';

let folder: string;
let source: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-broken-'));
  await chmod(folder, 0o755);
  source = await createTestDatabase();
  environment = { DATABASE_URL: source.url, CLOSEWATCH_DATA: join(folder, 'd') };
});

afterAll(async () => {
  await source?.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('a backup that is broken off', () => {
  it('by SIGKILL leaves the older file and what shows its nature', async () => {
    const kept = join(folder, 'kept.backup');
    await writeFile(kept, 'yesterday');
    const program = new BackupProgram(['backup', kept], environment);
    const unfinished = async (): Promise<boolean> =>
      (await readdir(folder)).some((name) => name.startsWith('kept.backup.unfinished-'));
    while (!(await unfinished())) await sleep(1);
    await program.kill();
    expect(await readFile(kept, 'utf8')).toBe('yesterday');
    expect(await unfinished()).toBe(true);
    expect((await runBackupProgram(['backup', kept], environment)).code).toBe(0);
    expect(await unfinished()).toBe(false);
  });

  it('by SIGTERM leaves nothing, and exits with 1', async () => {
    const stopped = join(folder, 'stopped.backup');
    const program = new BackupProgram(['backup', stopped], environment);
    while (!program.errors.includes('backing up')) await sleep(1);
    program.child.kill('SIGTERM');
    const code = await program.exitCode();
    const left = (await readdir(folder)).filter((name) => name.startsWith('stopped'));
    // It may have been done by then.
    expect({ code, left }).toEqual(code === 0 ? { code, left: ['stopped.backup'] } : { code: 1, left: [] });
  });

  it('by a full disk says so', async () => {
    const { code, errors } = await runBackupProgram(['backup', '/dev/full'], environment);
    expect(code).toBe(1);
    expect(errors).toContain('/dev/full: no space is left');
  });

  it('by a folder that is not there says so', async () => {
    const { code, errors } = await runBackupProgram(['backup', join(folder, 'no/b')], environment);
    expect(code).toBe(1);
    expect(errors).toMatch(/no\/b cannot be written: ENOENT/);
  });
});

describe('while a backup reads', () => {
  it('partitions can be made, and none is dropped', async () => {
    const dataSource = await new DataSource(dataSourceOptions(source.url)).initialize();
    try {
      await dataSource.transaction((sql) => createPartition(sql, 'snapshot', '2030-01-01'));
      const snapshot = await DatabaseSnapshot.take(source.url, 'the database');
      const table = snapshot.contents.tables.find(({ name }) => name === 'snapshot');
      if (table === undefined) throw new Error('There is no table snapshot.');
      const reading = snapshot.rows(table, 'snapshot_p20300101');
      await reading.next();
      await dataSource.transaction((sql) => createPartition(sql, 'snapshot', '2030-01-02'));
      expect(await dataSource.transaction((sql) => dropPartition(sql, 'snapshot', '2030-01-01'))).toBe(false);
      while ((await reading.next()).done !== true);
      snapshot.close();
      const dropped = (): Promise<boolean> =>
        dataSource.transaction((sql) => dropPartition(sql, 'snapshot', '2030-01-01'));
      while (!(await dropped())) await sleep(20);
      expect(await listPartitions(dataSource.manager, 'snapshot')).toEqual(['2030-01-02']);
    } finally {
      await dataSource.destroy();
    }
  });
});
