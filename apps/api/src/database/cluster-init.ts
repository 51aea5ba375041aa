import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type ClusterFolders } from './cluster-folders.ts';
import { type ServerAccount } from './server-account.ts';
import { errorCode, isError } from '../errors/coerce-error.ts';

export const SUPERUSER = 'closewatch';
const UNFINISHED = 'data.unfinished-';

/**
 * Makes the cluster unless it exists: initdb works under another name and the result is renamed, so that a first start
 * that was killed never leaves half a cluster. The signal ends initdb. Returns the superuser's password.
 */
export async function ensureCluster(
  folders: ClusterFolders,
  account: ServerAccount | undefined,
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const exists = (await stat(join(folders.cluster, 'PG_VERSION')).catch(() => undefined)) !== undefined;
  const password = await readPassword(folders.passwordFile, exists);
  if (exists) return password;
  await removeUnfinished(folders.home);
  const unfinished = join(folders.home, `${UNFINISHED}${process.pid}`);
  const passwordForServer = `${unfinished}.password`;
  try {
    await writeFile(passwordForServer, password, { mode: 0o600 });
    if (account !== undefined) await chown(passwordForServer, account.uid, account.gid);
    await initdb(folders, unfinished, passwordForServer, account, signal);
    await rename(unfinished, folders.cluster);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another start that began at the same moment may have been faster; its cluster has the same password.
    if (!(await stat(join(folders.cluster, 'PG_VERSION')).catch(() => undefined))) throw error;
  } finally {
    await rm(passwordForServer, { force: true });
  }
  return password;
}

async function readPassword(file: string, clusterExists: boolean): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (clusterExists) {
      throw new Error(
        `The database exists but its password is gone (${file}). Restore that file, or move the folder ` +
          `${dirname(file)} away to start with an empty database.`,
        { cause: error },
      );
    }
  }
  // "wx": of two first starts one writes, the other reads what was written.
  const password = randomBytes(24).toString('base64url');
  try {
    await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(file, 0o600);
    return password;
  } catch {
    return (await readFile(file, 'utf8')).trim();
  }
}

async function initdb(
  folders: ClusterFolders,
  target: string,
  passwordFile: string,
  account: ServerAccount | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await promisify(execFile)(
      join(folders.installation, 'bin/initdb'),
      [
        `--pgdata=${target}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--data-checksums',
        '--no-instructions',
      ],
      { cwd: folders.home, ...account, env: { PATH: '/usr/bin:/bin', TZ: 'UTC' }, signal },
    );
  } catch (error) {
    const said = isError(error) && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`The embedded PostgreSQL could not make its data folder ${folders.cluster}: ${said}`, {
      cause: error,
    });
  }
}

async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const pid = Number.parseInt(name.slice(UNFINISHED.length), 10);
    if (pid !== process.pid && isAlive(pid)) continue;
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Whether a process has this pid. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
