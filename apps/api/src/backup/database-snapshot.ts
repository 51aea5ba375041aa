import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { BACKUP_LOCK } from '../database/partitions.queries.ts';
import { BackupError } from './backup-error.ts';
import { type Header } from './backup-format.ts';
import {
  appliedMigrations,
  type CatalogueTable,
  currentSchema,
  isAgentToken,
  listSequences,
  listTables,
  MIGRATIONS_TABLE,
  sizeOfTables,
} from './catalogue.queries.ts';
import { connect } from './database-session.ts';

/** Not worth keeping: the list of migrations is made anew, and who is signed in should sign in again. */
const LEFT_OUT: readonly string[] = [MIGRATIONS_TABLE, 'session'];

/** What there is to back up, as of one instant. */
export interface SnapshotContents extends Pick<Header, 'server' | 'migrations' | 'sequences'> {
  readonly tables: readonly CatalogueTable[];
  /** About how many bytes the rows are. */
  readonly size: number;
}

/**
 * A database as of one instant, for as long as it takes to read it. One connection holds the snapshot and no lock on any table;
 * another reads table by table in transactions of their own on that snapshot. So no table is locked for longer than it is read
 * itself, and partitions are made meanwhile (which locks their table, and would make whoever writes to it wait).
 */
export class DatabaseSnapshot {
  private constructor(
    private readonly holder: pg.Client,
    private readonly reader: pg.Client,
    private readonly id: string,
    readonly contents: SnapshotContents,
  ) {}

  /** `where` names the database in errors. Throws {@link BackupError} when there is nothing of Closewatch in it. */
  static async take(databaseUrl: string, where: string): Promise<DatabaseSnapshot> {
    const holder = await connect(databaseUrl, where);
    const reader = await connect(databaseUrl, where);
    // Before the snapshot: what is dropped, was dropped before it.
    await holder.query('SELECT pg_advisory_lock_shared($1)', [BACKUP_LOCK]);
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await holder.query<{ id: string; server: string }>(
      `SELECT pg_export_snapshot() AS id, current_setting('server_version') AS server`,
    );
    const [{ id, server } = { id: '', server: '' }] = rows;
    const contents = await inSnapshot(reader, id, async () => {
      const migrations = await appliedMigrations(reader);
      if (migrations.length === 0) {
        const schema = (await currentSchema(reader)) ?? 'none';
        throw new BackupError(
          `${where} has no tables of Closewatch (schema ${schema}): there is nothing to back up. ` +
            'Set CLOSEWATCH_DATA or DATABASE_URL as for the server.',
        );
      }
      const tables = (await listTables(reader)).filter(({ name }) => !LEFT_OUT.includes(name));
      return { server, migrations, tables, sequences: await listSequences(reader), size: await sizeOfTables(reader) };
    });
    return new DatabaseSnapshot(holder, reader, id, contents);
  }

  /** The rows of a table or of one of its partitions, in COPY's binary format. Returns how many. */
  async *rows(table: CatalogueTable, partition: string | null): AsyncGenerator<Buffer, number> {
    const columns = table.columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
    const from = pg.escapeIdentifier(partition ?? table.name);
    await begin(this.reader, this.id);
    const copy = this.reader.query(copyTo(`COPY ${from} (${columns}) TO STDOUT (FORMAT binary)`));
    for await (const chunk of copy) yield chunk as Buffer;
    // After it the server has said how many rows there were.
    await this.reader.query('COMMIT');
    return copy.rowCount;
  }

  /** Whether an agent may push with the token of this SHA-256. */
  hasAgentToken(tokenSha256: Buffer): Promise<boolean> {
    return inSnapshot(this.reader, this.id, () => isAgentToken(this.reader, tokenSha256));
  }

  /**
   * To be asked after the last row: throws when the schema was changed meanwhile. A table that was rewritten looks empty to
   * older snapshots (PostgreSQL's manual, 13.6).
   */
  async expectSameSchema(): Promise<void> {
    const now = await appliedMigrations(this.reader);
    if (now.join() === this.contents.migrations.join()) return;
    throw new BackupError('Closewatch was upgraded while the backup ran. Take it again.');
  }

  /** Ends both connections, without waiting for a table that is being read. */
  close(): void {
    for (const client of [this.reader, this.holder]) void client.end().catch(() => undefined);
  }
}

async function begin(reader: pg.Client, id: string): Promise<void> {
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await reader.query(`SET TRANSACTION SNAPSHOT ${pg.escapeLiteral(id)}`);
}

async function inSnapshot<Result>(reader: pg.Client, id: string, read: () => Promise<Result>): Promise<Result> {
  await begin(reader, id);
  const result = await read();
  await reader.query('COMMIT');
  return result;
}
