import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type ClusterFolders } from '../database/cluster-folders.ts';
import { serverAccount } from '../database/server-account.ts';
import { release, startServer } from '../database/server-process.ts';

const START_LIMIT_MS = 30_000;
const USER = 'closewatch';

export interface DebianServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * A PostgreSQL of the system, installed at `installation` (/usr/lib/postgresql/15), on a folder of its own that is removed again.
 * Runs as an unprivileged user, listens on a Unix socket in that folder alone, and ends with this process however that ends.
 */
export async function startDebianServer(installation: string): Promise<DebianServer> {
  const account = serverAccount();
  const home = await mkdtemp(join(tmpdir(), 'closewatch-pg-'));
  const folders: ClusterFolders = {
    home,
    cluster: join(home, 'data'),
    socket: join(home, 's'),
    log: join(home, 'server.log'),
    installation,
    passwordFile: join(home, 'none'),
  };
  await mkdir(folders.socket);
  for (const folder of [home, folders.socket]) if (account !== undefined) await chown(folder, account.uid, account.gid);
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (server !== undefined && server.exitCode === null) {
      const ended = once(server, 'exit');
      release(server);
      await ended;
    }
    await rm(home, { recursive: true, force: true });
  };
  try {
    await promisify(execFile)(
      join(installation, 'bin/initdb'),
      // Nobody else can enter the folder of the socket.
      [
        '-D',
        folders.cluster,
        '-U',
        USER,
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ],
      { cwd: home, ...account, env: { PATH: '/usr/bin:/bin', TZ: 'UTC' } },
    );
    server = startServer(folders, account);
    const url = `postgres://${USER}@${encodeURIComponent(folders.socket)}/postgres`;
    await answers(url, server);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await client.end();
    }
  }
}
