import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { type Header } from './backup-format.ts';
import { BackupWriter } from './backup-writer.ts';
import { checkBackup } from './load-backup.ts';
import { Progress } from './progress.ts';
import { BackupProgram, runBackupProgram } from './testing/backup-program.ts';
import { createEmptyDatabase } from './testing/empty-database.ts';
import { fillTables, tableContents, withClient } from './testing/table-contents.ts';

let folder: string;
/** What must not be lost: filled, and what the backup is of. */
let source: TestDatabase;
let environment: Record<string, string>;
let file: string;
let bytes: Buffer;
const quiet = new Progress({ write: () => true });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-refused-'));
  await chmod(folder, 0o755);
  source = await createTestDatabase();
  const api = await TestApi.start({ databaseUrl: source.url });
  await api.stop();
  await fillTables(source.url, 20);
  environment = { DATABASE_URL: source.url, CLOSEWATCH_DATA: join(folder, 'd') };
  file = join(folder, 'whole.backup');
  expect((await runBackupProgram(['backup', file], environment)).code).toBe(0);
  bytes = await readFile(file);
}, 60_000);

afterAll(async () => {
  await source?.drop();
  await rm(folder, { recursive: true, force: true });
});

async function spoilt(content: Buffer): Promise<string> {
  const name = join(folder, 'spoilt.backup');
  await writeFile(name, content);
  return name;
}

/** Whether these bytes are another way to write the same. */
function isSame(compressed: Buffer, plain: Buffer): boolean {
  try {
    return gunzipSync(compressed).equals(plain);
  } catch {
    return false;
  }
}

/** A whole backup with this header, and of one table, if any, what COPY does not write. */
async function withHeader(change: Partial<Header>, table?: string): Promise<string> {
  const text = gunzipSync(bytes).toString('latin1').split('\n')[1] ?? '';
  const header = { ...(JSON.parse(text) as Header), tables: [], ...change };
  const writer = new BackupWriter();
  const parts = [...writer.head(header, [])];
  const read = async function* (): AsyncGenerator<Buffer, number> {
    yield await Promise.resolve(Buffer.from('not what COPY writes'));
    return 1;
  };
  if (table !== undefined) {
    for await (const part of writer.section({ table, partition: null, read, end: () => undefined })) parts.push(part);
  }
  return spoilt(gzipSync(Buffer.concat([...parts, ...writer.end()])));
}

describe('a restore refuses', () => {
  it('a file that was cut off, wherever', async () => {
    const plain = gunzipSync(bytes);
    const cuts = [0, 1, 9, 10, 11, 100, bytes.length - 9, bytes.length - 8, bytes.length - 1];
    for (let at = 200; at < bytes.length; at += Math.ceil(bytes.length / 40)) cuts.push(at);
    for (const at of cuts) {
      await expect(checkBackup(await spoilt(bytes.subarray(0, at)), quiet)).rejects.toThrow(
        /spoilt.backup (ends too early|is not a)/,
      );
    }
    // Whole for gzip, but not for us: at the end of each section and within it.
    for (let at = plain.indexOf(10) + 1; at < plain.length; at += Math.ceil(plain.length / 60)) {
      await expect(checkBackup(await spoilt(gzipSync(plain.subarray(0, at))), quiet)).rejects.toThrow(/ends too early/);
    }
  });

  it('a file with one byte flipped, wherever', async () => {
    const plain = gunzipSync(bytes);
    // Bytes 4 to 9 of gzip are of no consequence (RFC 1952: time, level, system).
    const places = [0, 1, 2];
    for (let at = 10; at < bytes.length; at += Math.ceil(bytes.length / 60)) places.push(at);
    for (const at of places) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      const checked = checkBackup(await spoilt(flipped), quiet);
      // A few bits mean nothing, such as those that fill a byte up before a stored block (RFC 1951, 3.2.4).
      if (isSame(flipped, plain)) await checked;
      else await expect(checked).rejects.toThrow(/spoilt.backup (is damaged|ends too early|is not a)/);
    }
    for (let at = 30; at < plain.length; at += Math.ceil(plain.length / 60)) {
      const flipped = Buffer.from(plain);
      flipped[at] = (flipped[at] ?? 0) ^ 0x01;
      await expect(checkBackup(await spoilt(gzipSync(flipped)), quiet)).rejects.toThrow(
        /spoilt.backup (is damaged|ends too early)/,
      );
    }
  });

  it('what is no backup, one of another format, and what is no file', async () => {
    const isNot = /is not a backup of Closewatch/;
    await expect(checkBackup(await spoilt(Buffer.from('-- PostgreSQL database dump')), quiet)).rejects.toThrow(isNot);
    await expect(checkBackup(await spoilt(gzipSync('anything')), quiet)).rejects.toThrow(isNot);
    await expect(checkBackup(await spoilt(Buffer.alloc(0)), quiet)).rejects.toThrow(/ends too early/);
    const later = gzipSync('closewatch-backup 2\n{}\n');
    await expect(checkBackup(await spoilt(later), quiet)).rejects.toThrow(
      /has format 2; this Closewatch reads format 1/,
    );
    await expect(checkBackup(join(folder, 'nowhere'), quiet)).rejects.toThrow(
      /nowhere cannot be read: there is no such/,
    );
    await expect(checkBackup('/dev/null', quiet)).rejects.toThrow(/is not a regular file/);
    const more = Buffer.concat([gunzipSync(bytes), Buffer.from('x')]);
    await expect(checkBackup(await spoilt(gzipSync(more)), quiet)).rejects.toThrow(/goes on after its end/);
  });

  it('names that would run as SQL', async () => {
    const tables = [{ name: 'host"; DROP TABLE host; --', columns: [], partitions: null }];
    await expect(checkBackup(await withHeader({ tables }), quiet)).rejects.toThrow(/is damaged/);
  });

  it.each<[string, () => Promise<readonly string[]>, string]>([
    ['a database that is not empty', () => Promise.resolve([file]), 'is not empty'],
    [
      'a backup of a newer schema',
      async () => {
        const migrations = ['InitialSchema1795305600000', 'Later9999999999999'];
        return ['--replace', await withHeader({ migrations, closewatch: '9.0.0' })];
      },
      'was written by a newer Closewatch (9.0.0)',
    ],
    [
      'columns of another type',
      async () => {
        const table = { name: 'host', columns: [{ name: 'hostname', type: 'uuid' }], partitions: null };
        return ['--replace', await withHeader({ tables: [table] }, 'host')];
      },
      'host.hostname (uuid), which this Closewatch does not have',
    ],
    [
      'rows that are none',
      async () => {
        const table = { name: 'host', columns: [{ name: 'hostname', type: 'text' }], partitions: null };
        return ['--replace', await withHeader({ tables: [table] }, 'host')];
      },
      'is as it was: COPY file signature not recognized',
    ],
    ['a damaged file', async () => ['--replace', await spoilt(bytes.subarray(0, -1))], 'ends too early'],
  ])('%s, and changes nothing', async (_what, words, message) => {
    const before = await tableContents(source.url);
    const { code, errors } = await runBackupProgram(['restore', ...(await words())], environment);
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining(message) });
    expect(await tableContents(source.url)).toEqual(before);
  });

  it('a database on which a server runs', async () => {
    const api = await TestApi.start({ databaseUrl: source.url });
    try {
      const { code, errors } = await runBackupProgram(['restore', '--replace', file], environment);
      expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('A Closewatch runs on') });
    } finally {
      await api.stop();
    }
  });

  it('a schema that has tables of others', async () => {
    const shared = await createEmptyDatabase();
    try {
      await withClient(shared.url, (client) => client.query('CREATE TABLE invoices (n integer)'));
      const { code, errors } = await runBackupProgram(['restore', '--replace', file], {
        ...environment,
        DATABASE_URL: shared.url,
      });
      expect({ code, errors }).toEqual({
        code: 1,
        errors: expect.stringContaining('invoices, which would be lost'),
      });
      expect((await withClient(shared.url, (client) => client.query('SELECT FROM invoices'))).rowCount).toBe(0);
    } finally {
      await shared.drop();
    }
  });

  it.each([
    [['backup'], 'takes one file'],
    [['restore', 'a', 'b'], 'takes one file'],
    [['restore', '--replace', '--check', 'a'], 'say one of them'],
    [['backup', '--replace', 'a'], 'no option --replace'],
    [['destroy', 'a'], 'Say backup or restore'],
  ])('%j with how it is used and exit code 2', async (words, message) => {
    const { code, errors } = await runBackupProgram(words, {});
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(message) });
    expect(errors).toContain('npm run restore -- --replace FILE');
  });

  it('a configuration with faults, with exit code 2', async () => {
    const { code, errors } = await runBackupProgram(['backup', file], { DATABASE_URL: 'mysql://x' });
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('DATABASE_URL must be') });
  });
});

describe('a restore that is killed', () => {
  it('leaves what was there, whenever, and the next one succeeds', async () => {
    expect((await runBackupProgram(['backup', file], environment)).code).toBe(0);
    const before = await tableContents(source.url);
    const schemas = (): Promise<string[]> =>
      source
        .query<{ name: string }>(`SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'closewatch_%'`)
        .then((rows) => rows.map(({ name }) => name));
    for (const waitMs of [0, 100, 200, 400]) {
      const program = new BackupProgram(['restore', '--replace', file], environment);
      while (!(await schemas()).includes('closewatch_restoring')) await sleep(2);
      await sleep(waitMs);
      await program.kill();
      expect(await tableContents(source.url)).toEqual(before);
    }
    const { code, errors } = await runBackupProgram(['restore', '--replace', file], environment);
    expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining('is as of') });
    expect(await schemas()).toEqual([]);
    expect(await tableContents(source.url)).toEqual(before);
  });
});
