import { readFile } from 'node:fs/promises';
import { findCluster, passwordFileOf } from './cluster-folders.ts';
import { SUPERUSER } from './cluster-init.ts';
import { findPostmaster } from './postmaster-file.ts';
import { type ServerAccount } from './server-account.ts';

/** Name of the database in an embedded server. */
export const DATABASE = 'closewatch';

/** postgres:// URL of a database of an embedded server; its host is the folder of the socket. */
export function socketUrl(database: string, password: string, socketFolder: string): string {
  const [user, secret, host] = [SUPERUSER, password, socketFolder].map(encodeURIComponent);
  return `postgres://${user}:${secret}@${host}/${database}`;
}

/**
 * URL of the database of the embedded server that runs below a data folder, whoever started it; undefined when none does.
 * Changes nothing. Rejects when we may not read its password.
 */
export async function findRunningServer(
  dataFolder: string,
  account: ServerAccount | undefined,
): Promise<string | undefined> {
  const cluster = await findCluster(dataFolder, account);
  const running = cluster === undefined ? undefined : await findPostmaster(cluster);
  if (running === undefined) return undefined;
  const password = (await readFile(passwordFileOf(dataFolder), 'utf8')).trim();
  return socketUrl(DATABASE, password, running.socketFolder);
}
