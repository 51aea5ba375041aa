import type pg from 'pg';
import { coerceError } from '../errors/coerce-error.ts';
import { readAgentToken, writeAgentToken } from './agent-token-file.ts';
import { BackupError } from './backup-error.ts';
import { type Header } from './backup-format.ts';
import { type OpenDatabase } from './configured-database.ts';
import { connect } from './database-session.ts';
import { type Progress } from './progress.ts';
import { checkBackup, loadBackup } from './load-backup.ts';
import { expectNobodyElse, expectUnused } from './restore-guards.ts';
import { askForAllConnections, restoreSequences } from './restored-tables.queries.ts';
import { expectKnownMigrations, migrateSchema } from './schema-migrations.ts';
import { dropReplaced, dropRestoring, makeRestoring, REPLACED, RESTORING, swapSchemas } from './schema-swap.queries.ts';

export interface RestoreOptions {
  readonly file: string;
  /** Whether the database may have something that is then lost. */
  readonly replace: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Called once the file is known to be whole. */
  readonly open: () => Promise<OpenDatabase>;
  /** Where the server keeps the agents' token. */
  readonly dataFolder: string;
  /** The token that the configuration has for the agents, if any. */
  readonly configuredToken: string | undefined;
}

/**
 * Puts a backup in place of what the database has. The tables are made beside those that are there and take their place at the
 * end, at once: whatever goes wrong before, the database is as it was. Throws {@link BackupError}.
 */
export async function restoreBackup(options: RestoreOptions): Promise<void> {
  const { file, progress, signal } = options;
  const header = await checkBackup(file, progress);
  expectKnownMigrations(header.migrations, file, header.closewatch);
  signal.throwIfAborted();
  const database = await options.open();
  progress.begin();
  try {
    const sql = await connect(database.url, database.where);
    try {
      await restoreInto(sql, database, header, options);
    } finally {
      void sql.end().catch(() => undefined);
    }
  } finally {
    await database.close();
  }
}

async function restoreInto(
  sql: pg.Client,
  { url, where }: OpenDatabase,
  header: Header,
  options: RestoreOptions,
): Promise<void> {
  const { file, replace, progress, signal } = options;
  const schema = await expectUnused(sql, where, replace);
  const loader = await connect(url, where, `-c search_path=${RESTORING} -c synchronous_commit=off`);
  let token: string | undefined;
  try {
    await makeRestoring(sql);
    await migrateSchema(url, RESTORING, header.migrations);
    token = await loadBackup(loader, file, progress, signal);
    await restoreSequences(loader, header.sequences);
    await migrateSchema(url, RESTORING);
    await askForAllConnections(loader);
    signal.throwIfAborted();
    await expectNobodyElse(sql, where, schema, header);
    await swapSchemas(sql, schema);
  } catch (error) {
    void loader.end().catch(() => undefined);
    await dropRestoring(sql).catch(() => undefined);
    if (error instanceof BackupError) throw error;
    const reason = signal.aborted ? 'it was stopped' : coerceError(error).message;
    throw new BackupError(`The restore of ${file} failed; ${where} is as it was: ${reason}`, { cause: error });
  }
  await loader.end();
  await dropReplaced(sql).catch((error: unknown) => {
    progress.say(
      `what ${where} had before could not be dropped (${coerceError(error).message}); ` +
        `it is in the schema ${REPLACED}, which may go: DROP SCHEMA ${REPLACED} CASCADE`,
    );
  });
  await restoreToken(token, options);
  progress.done(`${where} is as of ${header.takenAt}`);
}

/** Agents go on pushing when the server knows the token that they have. */
async function restoreToken(token: string | undefined, options: RestoreOptions): Promise<void> {
  const { dataFolder, configuredToken, progress } = options;
  if (token === undefined) {
    if (configuredToken !== undefined || (await readAgentToken(dataFolder)) !== undefined) return;
    progress.say(
      'the backup has no token of the agents: set CLOSEWATCH_TOKEN to the one they have, or they are refused',
    );
    return;
  }
  const kept = await writeAgentToken(dataFolder, token);
  if (kept !== undefined) progress.say(`the agents' token is that of the backup; the one that was there is in ${kept}`);
  if (configuredToken !== undefined && configuredToken !== token) {
    progress.say("CLOSEWATCH_TOKEN is another token than the backup's: agents that have the backup's will be refused");
  }
}
