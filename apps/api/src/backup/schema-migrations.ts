import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.ts';
import { BackupError } from './backup-error.ts';
import { APPLICATION, SESSION_OPTIONS } from './database-session.ts';

type MigrationClass = new () => MigrationInterface;

/** The migrations of this Closewatch, oldest first. */
function knownMigrations(): { name: string; migration: MigrationClass }[] {
  // We list classes, and nothing else that TypeORM would take.
  const classes = dataSourceOptions('postgres://').migrations as unknown as readonly MigrationClass[];
  return classes
    .map((migration) => ({ name: new migration().name ?? migration.name, migration }))
    .sort((a, b) => timestampOf(a.name) - timestampOf(b.name));
}

/** A migration's name ends in the milliseconds at which it was begun. */
function timestampOf(name: string): number {
  return Number(name.slice(-13));
}

/**
 * Whether a schema that has seen these migrations can be made and brought up to date here. Throws {@link BackupError} for a
 * newer one, and one that is not of Closewatch's line.
 */
export function expectKnownMigrations(names: readonly string[], file: string, closewatchVersion: string): void {
  const known = knownMigrations().map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new BackupError(
      `${file} was written by a newer Closewatch (${closewatchVersion}): this one does not know the change of the schema ` +
        `${unknown.join(', ')}. Restore it with version ${closewatchVersion} or newer.`,
    );
  }
  const missing = known.slice(0, names.length).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new BackupError(
      `${file} is from a database whose upgrade was left unfinished: ${missing.join(', ')} is missing.`,
    );
  }
}

/** Makes the tables in a schema, as they were after these migrations, or as they are now. */
export async function migrateSchema(databaseUrl: string, schema: string, names?: readonly string[]): Promise<void> {
  const migrations = knownMigrations().filter(({ name }) => names?.includes(name) ?? true);
  const dataSource = new DataSource({
    ...dataSourceOptions(databaseUrl),
    migrations: migrations.map(({ migration }) => migration),
    applicationName: APPLICATION,
    // Nothing else is on the search path: no statement may reach the data that is there.
    extra: { connectionString: databaseUrl, options: `${SESSION_OPTIONS} -c search_path=${schema}` },
  } as DataSourceOptions);
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}
