import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { migrateSchema } from './schema-migrations.ts';
import { runBackupProgram } from './testing/backup-program.ts';
import { createEmptyDatabase, type EmptyDatabase } from './testing/empty-database.ts';
import { HAS_POSTGRES_15, SystemPostgres } from './testing/system-postgres.ts';
import { fillTables, tableContents, withClient } from './testing/table-contents.ts';

let folder: string;
let source: TestDatabase;
let api: TestApi;
/** A backup of the source, filled. */
let file: string;
let target: EmptyDatabase;

const environment = (url: string): Record<string, string> => ({
  DATABASE_URL: url,
  CLOSEWATCH_DATA: join(folder, 'd'),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-backup-'));
  await chmod(folder, 0o755);
  source = await createTestDatabase();
  // Makes today's partitions.
  api = await TestApi.start({ databaseUrl: source.url });
  await api.signIn();
  await fillTables(source.url, 500);
  file = join(folder, 'filled.backup');
  expect((await runBackupProgram(['backup', file], environment(source.url))).code).toBe(0);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await source?.drop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  target = await createEmptyDatabase();
});

afterEach(() => target?.drop());

describe('a backup that is restored', () => {
  it('has every table, row, partition and sequence', async () => {
    const { code, errors } = await runBackupProgram(['restore', file], environment(target.url));
    expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining('is as of') });
    const before = await tableContents(source.url);
    expect(Object.values(before).every(({ rows }) => rows > 0)).toBe(true);
    expect(await tableContents(target.url)).toEqual(before);
    const nextHost = `SELECT nextval(pg_get_serial_sequence('host', 'host_id')) AS id`;
    const [there] = await source.query<{ id: string }>(nextHost);
    const here = await withClient(target.url, (client) => client.query<{ id: string }>(nextHost));
    expect(here.rows[0]?.id).toBe(there?.id);
  });

  it('makes the server ask for all connections again, and everybody sign in again', async () => {
    await runBackupProgram(['restore', file], environment(target.url));
    const { rows } = await withClient(target.url, (client) =>
      client.query(
        `SELECT (SELECT count(synced_run_id) FROM host)::integer AS synced, (SELECT count(*) FROM session)::integer AS sessions`,
      ),
    );
    expect(rows).toEqual([{ synced: 0, sessions: 0 }]);
    const [{ sessions } = { sessions: 0 }] = await source.query<{ sessions: number }>(
      'SELECT count(*)::integer AS sessions FROM session',
    );
    expect(sessions).toBeGreaterThan(0);
  });

  it('is of one instant while agents push, which goes on', async () => {
    const push = buildPush();
    const begin = Date.now() - 60_000;
    let acknowledged = 0;
    let pushing = true;
    const agent = (async () => {
      for (; pushing; acknowledged++) {
        const takenAt = iso(begin + acknowledged);
        await api.pushed({ ...push, snapshots: [buildSnapshot({ seq: acknowledged, takenAt })] });
      }
    })();
    while (acknowledged < 20) await sleep(10);
    const atStart = acknowledged;
    const during = join(folder, 'during.backup');
    expect((await runBackupProgram(['backup', during], environment(source.url))).code).toBe(0);
    pushing = false;
    await agent;
    expect((await runBackupProgram(['restore', during], environment(target.url))).code).toBe(0);
    const { rows } = await withClient(target.url, (client) =>
      client.query<{ seq: string }>(
        'SELECT seq FROM snapshot JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY taken_at',
        [push.agentId],
      ),
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from(rows, (_, index) => index));
    expect(rows.length).toBeGreaterThanOrEqual(atStart);
    expect(acknowledged).toBeGreaterThan(rows.length);
  });

  it('is readable by its owner alone, keeps no session, and replaces an older one of its name', async () => {
    const older = join(folder, 'nightly.backup');
    await writeFile(older, 'yesterday');
    await writeFile(`${older}.unfinished-999999999`, 'killed');
    expect((await runBackupProgram(['backup', older], environment(source.url))).code).toBe(0);
    expect((await stat(older)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.startsWith('nightly'))).toEqual(['nightly.backup']);
    const checked = await runBackupProgram(['restore', '--check', older], {});
    expect(checked).toEqual({ code: 0, errors: expect.stringContaining('is whole') });
  });

  it('goes to the schema of its version and from there to the newest', async () => {
    const old = await createEmptyDatabase();
    try {
      await migrateSchema(old.url, 'public', ['InitialSchema1795305600000']);
      await withClient(old.url, (client) =>
        client.query(`INSERT INTO host_latest (host_id, cursor, last_seen_at, close_wait_open, close_wait_aged)
                      VALUES (7, 42, now(), 3, 2)`),
      );
      const early = join(folder, 'early.backup');
      expect((await runBackupProgram(['backup', early], environment(old.url))).code).toBe(0);
      expect((await runBackupProgram(['restore', early], environment(target.url))).code).toBe(0);
      const { rows } = await withClient(target.url, (client) =>
        client.query('SELECT host_id, cursor::integer, close_wait_open, close_wait_orphaned FROM host_latest'),
      );
      expect(rows).toEqual([{ host_id: 7, cursor: 42, close_wait_open: 3, close_wait_orphaned: 0 }]);
      expect(Object.keys(await tableContents(target.url))).toEqual(Object.keys(await tableContents(source.url)));
    } finally {
      await old.drop();
    }
  });

  (HAS_POSTGRES_15 ? it : it.skip)(
    'goes from PostgreSQL 18 to 15 and back',
    async () => {
      const older = await SystemPostgres.start();
      try {
        const on15 = await createEmptyDatabase(older.url);
        expect((await runBackupProgram(['restore', file], environment(on15.url))).code).toBe(0);
        const before = await tableContents(source.url);
        const restored = await tableContents(on15.url);
        // Compared without what was pushed since.
        expect(restored.snapshot_pack).toEqual(before.snapshot_pack);
        expect(restored.connection_ended).toEqual(before.connection_ended);
        const from15 = join(folder, 'from15.backup');
        expect((await runBackupProgram(['backup', from15], environment(on15.url))).code).toBe(0);
        expect((await runBackupProgram(['restore', from15], environment(target.url))).code).toBe(0);
        expect(await tableContents(target.url)).toEqual(restored);
      } finally {
        await older.stop();
      }
    },
    60_000,
  );
});
