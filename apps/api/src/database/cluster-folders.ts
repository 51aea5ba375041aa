import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, cp, lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { errorCode } from '../errors/coerce-error.ts';
import { type PostgresInstallation } from './platform-binaries.ts';
import { canEnter, type ServerAccount } from './server-account.ts';

/** sockaddr_un.sun_path holds 108 bytes with its NUL (unix(7)). */
const LONGEST_SOCKET_PATH = 107;
const SOCKET_NAME = '.s.PGSQL.5432';
/** Where root keeps what the server's user cannot reach under, say, a 0700 home. */
const SHARED_STATE = '/var/lib/closewatch';
const LOCATION_NOTE = 'postgres-location';
const CLUSTER = 'data';

export interface ClusterFolders {
  /** Belongs to the server's user, 0700: cluster, socket, log. */
  readonly home: string;
  readonly cluster: string;
  readonly socket: string;
  readonly log: string;
  /** bin/, lib/, share/ of the server, where its user can read it. */
  readonly installation: string;
  /** The superuser's password, ours alone. */
  readonly passwordFile: string;
}

/** The file with the password of the embedded server's superuser. */
export function passwordFileOf(dataFolder: string): string {
  return join(dataFolder, 'postgres-password');
}

/** Lays out the folders of the embedded server below `dataFolder`, or where its user can reach them. */
export async function prepareClusterFolders(
  dataFolder: string,
  installation: PostgresInstallation,
  account: ServerAccount | undefined,
): Promise<ClusterFolders> {
  await mkdir(dataFolder, { recursive: true });
  const home = await clusterHome(dataFolder, account);
  await refuseForeignCluster(home, account);
  if (home.startsWith(SHARED_STATE + sep)) await makeSharedState();
  await mkdir(home, { recursive: true });
  // Not with mkdir, which would give the mode to the parents that it makes, too.
  await chmod(home, 0o700);
  await takeOver(home, account);
  const socket = await socketFolder(home, account);
  return {
    home,
    cluster: join(home, CLUSTER),
    socket,
    log: join(home, 'server.log'),
    installation: await reachableInstallation(installation, account),
    passwordFile: passwordFileOf(dataFolder),
  };
}

/** Whoever starts the server on somebody else's cluster would lock out its owner by taking its folders over. */
async function refuseForeignCluster(home: string, account: ServerAccount | undefined): Promise<void> {
  const cluster = join(home, CLUSTER);
  // Where we may not even look in, the folder around it tells.
  const found = await stat(cluster).catch((error: unknown) => (errorCode(error) === 'EACCES' ? stat(home) : undefined));
  const expected = account?.uid ?? process.getuid?.() ?? found?.uid;
  if (found === undefined || found.uid === expected) return;
  throw new Error(
    `The database ${cluster} belongs to the user with id ${found.uid}, and would be run by the one with id ${expected}. ` +
      'Start Closewatch as the user who started it before (not with sudo), or with another folder in CLOSEWATCH_DATA.',
  );
}

/** Where the cluster below a data folder is, made already. Changes nothing, and makes nothing. */
export async function findCluster(dataFolder: string, account: ServerAccount | undefined): Promise<string | undefined> {
  const home = await knownHome(dataFolder, account);
  if (home === undefined) return undefined;
  const cluster = join(home, CLUSTER);
  return (await stat(cluster).catch(() => undefined)) === undefined ? undefined : cluster;
}

/** Undefined when a folder for it is yet to be chosen. */
async function knownHome(dataFolder: string, account: ServerAccount | undefined): Promise<string | undefined> {
  if (await canEnter(account, dataFolder)) return join(dataFolder, 'postgres');
  const noted = await readFile(join(dataFolder, LOCATION_NOTE), 'utf8').catch(() => '');
  return noted.trim() === '' ? undefined : noted.trim();
}

async function clusterHome(dataFolder: string, account: ServerAccount | undefined): Promise<string> {
  const known = await knownHome(dataFolder, account);
  if (known !== undefined) return known;
  // What belongs to a temporary folder is temporary, too.
  const temporary = dataFolder.startsWith(tmpdir() + sep);
  const home = join(temporary ? tmpdir() : SHARED_STATE, `closewatch-data-${randomBytes(6).toString('hex')}`);
  // The name is kept beside the other state, so that deleting the data folder still means starting afresh.
  await writeFile(join(dataFolder, LOCATION_NOTE), `${home}\n`);
  return home;
}

async function socketFolder(home: string, account: ServerAccount | undefined): Promise<string> {
  const beside = join(home, 'run');
  // The server takes a list of folders, so a comma or a quote in the path would need escaping.
  const usable = /^[\w/.+@-]+$/.test(beside) && Buffer.byteLength(join(beside, SOCKET_NAME)) <= LONGEST_SOCKET_PATH;
  const folder = usable
    ? beside
    : join(tmpdir(), `closewatch-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await stat(folder);
  const owner = account?.uid ?? process.getuid?.() ?? uid;
  // In a shared temp folder the name may be taken by somebody who wants to see our traffic.
  if (uid !== owner && uid !== process.getuid?.()) {
    throw new Error(`The folder ${folder} for the database socket belongs to another user. Remove it and start again.`);
  }
  await takeOver(folder, account);
  return folder;
}

async function takeOver(folder: string, account: ServerAccount | undefined): Promise<void> {
  if (account !== undefined) await chown(folder, account.uid, account.gid);
}

/** Whatever root's umask: the server's user has to get in. */
async function makeSharedState(): Promise<void> {
  await mkdir(SHARED_STATE, { recursive: true });
  await chmod(SHARED_STATE, 0o755);
}

async function takeOverTree(folder: string, account: ServerAccount | undefined): Promise<void> {
  if (account === undefined) return;
  await takeOver(folder, account);
  for (const name of await readdir(folder, { recursive: true })) {
    await lchown(join(folder, name), account.uid, account.gid);
  }
}

/** The installation itself, or a copy of it where the server's user can read it. */
export async function reachableInstallation(
  { folder, version }: PostgresInstallation,
  account: ServerAccount | undefined,
): Promise<string> {
  if (await canEnter(account, folder)) return folder;
  const copy = join(SHARED_STATE, `postgres-${version}`);
  if (await stat(copy).catch(() => undefined)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await makeSharedState();
  await cp(folder, unfinished, { recursive: true, verbatimSymlinks: true });
  await takeOverTree(unfinished, account);
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await stat(copy).catch(() => undefined))) throw error;
  });
  return copy;
}
