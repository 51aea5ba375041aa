import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { sha256 } from '../accounts/credentials.ts';
import { coerceError, errorCode } from '../errors/coerce-error.ts';
import { readAgentToken } from './agent-token-file.ts';
import { BackupError } from './backup-error.ts';
import { type BackedUpFile, type Header } from './backup-format.ts';
import { BackupWriter, type SectionSource } from './backup-writer.ts';
import { type CatalogueTable } from './catalogue.queries.ts';
import { type OpenDatabase } from './configured-database.ts';
import { DatabaseSnapshot } from './database-snapshot.ts';
import { bytesInWords, type Progress } from './progress.ts';
import { UnfinishedFile } from './unfinished-file.ts';

const WRITE_BYTES = 256 * 1024;
/** Rows become a third of their size by the fastest level already; more effort brings little. */
const COMPRESSED_BY = constants.Z_BEST_SPEED;
/** For what is compressed already, which gzip would work on at 40 MB/s without making it smaller. */
const AS_IT_IS = constants.Z_NO_COMPRESSION;

export interface BackupOptions {
  readonly database: OpenDatabase;
  /** Where the server keeps the agents' token. */
  readonly dataFolder: string;
  readonly file: string;
  readonly closewatchVersion: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Writes the database as of now into one file, which has its name only when it is whole. Throws {@link BackupError}; the
 * file that was there before is then still there.
 */
export async function takeBackup(options: BackupOptions): Promise<void> {
  const { database, file, progress, signal } = options;
  const target = await UnfinishedFile.create(file);
  let snapshot: DatabaseSnapshot | undefined;
  try {
    signal.throwIfAborted();
    snapshot = await DatabaseSnapshot.take(database.url, database.where);
    const { contents } = snapshot;
    progress.say(`backing up ${database.where}: PostgreSQL ${contents.server}, about ${bytesInWords(contents.size)}`);
    const files = await filesOf(snapshot, options);
    const header = headerOf(snapshot, options.closewatchVersion);
    const writer = new BackupWriter();
    const content = async function* (taken: DatabaseSnapshot): AsyncGenerator<Buffer> {
      yield* gzipped(writer.head(header, files), COMPRESSED_BY);
      for (const { level, ...section } of sectionsOf(taken, progress)) yield* gzipped(writer.section(section), level);
      await taken.expectSameSchema();
      yield* gzipped(writer.end(), COMPRESSED_BY);
    };
    await pipeline(content(snapshot), (bytes) => target.handle.writeFile(bytes), { signal });
    const { size } = await target.handle.stat();
    await target.finish();
    progress.done(`${writer.rows} rows of ${contents.tables.length} tables in ${file} (${bytesInWords(size)})`);
  } catch (error) {
    await target.discard();
    if (error instanceof BackupError) throw error;
    throw asBackupError(error, options);
  } finally {
    snapshot?.close();
  }
}

function headerOf({ contents }: DatabaseSnapshot, closewatch: string): Header {
  const { server, migrations, tables, sequences } = contents;
  return {
    closewatch,
    takenAt: new Date().toISOString(),
    server,
    migrations,
    tables: tables.map(({ name, columns, partitions }) => ({ name, columns, partitions })),
    sequences,
  };
}

/** The token of the agents is in the database as a hash only; they go on pushing after a restore if the server knows it, too. */
async function filesOf(snapshot: DatabaseSnapshot, { dataFolder, progress }: BackupOptions): Promise<BackedUpFile[]> {
  const token = await readAgentToken(dataFolder);
  if (token !== undefined && (await snapshot.hasAgentToken(sha256(token)))) {
    return [{ name: 'agent-token', content: token }];
  }
  progress.say(
    `${dataFolder} has no agent-token of this database: the backup is without it. ` +
      'Keep the token that the agents have, and set CLOSEWATCH_TOKEN to it after a restore.',
  );
  return [];
}

function sectionsOf(snapshot: DatabaseSnapshot, progress: Progress): (SectionSource & { level: number })[] {
  const sectionOf = (table: CatalogueTable, partition: string | null): SectionSource & { level: number } => ({
    table: table.name,
    partition,
    level: table.compressed ? AS_IT_IS : COMPRESSED_BY,
    read: () => snapshot.rows(table, partition),
    end: (bytes) => progress.add(partition ?? table.name, bytes),
  });
  return snapshot.contents.tables.flatMap((table) =>
    table.partitions === null ? [sectionOf(table, null)] : table.partitions.map(({ name }) => sectionOf(table, name)),
  );
}

/** A member of the file: gzip allows any number of them (RFC 1952, 2.2), each with a level of its own. */
async function* gzipped(bytes: Iterable<Buffer> | AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const gzip = createGzip({ level, chunkSize: WRITE_BYTES });
  const fed = pipeline(bytes, gzip);
  // An error of the source is an error of the stream, which is thrown from here.
  fed.catch(() => undefined);
  for await (const piece of gzip) yield piece as Buffer;
  await fed;
}

function asBackupError(error: unknown, { file, database, signal }: BackupOptions): BackupError {
  if (signal.aborted) return new BackupError('The backup was stopped; nothing was written.', { cause: error });
  const { message } = coerceError(error);
  if (errorCode(error) === 'ENOSPC') {
    return new BackupError(`${file}: no space is left on its device. Nothing was kept of the backup.`, {
      cause: error,
    });
  }
  return new BackupError(`The backup of ${database.where} to ${file} failed, nothing was kept of it: ${message}`, {
    cause: error,
  });
}
