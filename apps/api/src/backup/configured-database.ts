import { stat } from 'node:fs/promises';
import { type Configuration } from '../config/configuration.ts';
import { findCluster, passwordFileOf } from '../database/cluster-folders.ts';
import { EmbeddedServer } from '../database/embedded-server.ts';
import { findRunningServer } from '../database/running-server.ts';
import { serverAccount, type ServerAccount } from '../database/server-account.ts';
import { coerceError, errorCode } from '../errors/coerce-error.ts';
import { BackupError } from './backup-error.ts';

/** The database of the configuration, reachable until it is closed. */
export interface OpenDatabase {
  readonly url: string;
  /** For people; without secrets. */
  readonly where: string;
  close(): Promise<void>;
}

/** To read from: a server that runs is used as it is, else the embedded one is started. Throws {@link BackupError}. */
export async function openToRead(configuration: Configuration, signal: AbortSignal): Promise<OpenDatabase> {
  if (configuration.databaseUrl !== undefined) return externalDatabase(configuration.databaseUrl);
  const { dataFolder } = configuration;
  const where = embeddedName(dataFolder);
  const nothing = `There is no database in ${dataFolder}. Set CLOSEWATCH_DATA or DATABASE_URL as for the server.`;
  if (!(await exists(dataFolder))) throw new BackupError(nothing);
  const account = serverAccount();
  await expectOwnCluster(dataFolder, account);
  if ((await readable(() => findCluster(dataFolder, account), dataFolder)) === undefined)
    throw new BackupError(nothing);
  const running = await readable(() => findRunningServer(dataFolder, account), dataFolder);
  if (running !== undefined) return { url: running, where, close: () => Promise.resolve() };
  return startEmbedded(dataFolder, signal);
}

/** To write to: nobody else may use it meanwhile. Throws {@link BackupError}. */
export async function openToReplace(configuration: Configuration, signal: AbortSignal): Promise<OpenDatabase> {
  if (configuration.databaseUrl !== undefined) return externalDatabase(configuration.databaseUrl);
  const { dataFolder } = configuration;
  if (await exists(dataFolder)) await expectOwnCluster(dataFolder, serverAccount());
  return startEmbedded(dataFolder, signal);
}

function externalDatabase(url: string): OpenDatabase {
  const { pathname, host } = new URL(url);
  const where = `the database ${decodeURIComponent(pathname.slice(1))} on ${decodeURIComponent(host) || 'this host'}`;
  return { url, where, close: () => Promise.resolve() };
}

async function startEmbedded(dataFolder: string, signal: AbortSignal): Promise<OpenDatabase> {
  try {
    const server = await EmbeddedServer.start(dataFolder, {}, signal);
    return { url: server.databaseUrl, where: embeddedName(dataFolder), close: () => server.stop() };
  } catch (error) {
    throw new BackupError(coerceError(error).message, { cause: error });
  }
}

function embeddedName(dataFolder: string): string {
  return `the embedded database in ${dataFolder}`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The server's files belong to the user that it runs as. Started by another user it would not run, and take them over. */
async function expectOwnCluster(dataFolder: string, account: ServerAccount | undefined): Promise<void> {
  const password = await stat(passwordFileOf(dataFolder)).catch(() => undefined);
  const user = process.getuid?.();
  if (password === undefined || user === undefined || password.uid === user) return;
  throw new BackupError(
    `The database in ${dataFolder} belongs to the user with the id ${password.uid}, and you are ${user}. ` +
      `Run this as that user${account === undefined ? '' : ', not as root'}.`,
  );
}

async function readable<Result>(look: () => Promise<Result>, dataFolder: string): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
    throw new BackupError(`${dataFolder} may not be read by you. Run this as the user that runs the server.`, {
      cause: error,
    });
  }
}
