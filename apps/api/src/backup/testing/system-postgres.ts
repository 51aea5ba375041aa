import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { serverAccount } from '../../database/server-account.ts';
import { withClient } from './table-contents.ts';

const BINARIES = '/usr/lib/postgresql/15/bin';

/** Whether Debian's PostgreSQL 15 is installed. */
export const HAS_POSTGRES_15 = existsSync(join(BINARIES, 'postgres'));

/** Debian's PostgreSQL 15 on a cluster of its own, over a Unix socket. */
export class SystemPostgres {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(): Promise<SystemPostgres> {
    const account = serverAccount();
    const folder = await mkdtemp(join(tmpdir(), 'cw-pg15-'));
    await chmod(folder, 0o755);
    if (account !== undefined) await chown(folder, account.uid, account.gid);
    const cluster = join(folder, 'data');
    const options = { ...account, cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' } };
    await promisify(execFile)(
      join(BINARIES, 'initdb'),
      ['-D', cluster, '-U', 'closewatch', '-A', 'trust', '-E', 'UTF8'],
      options,
    );
    const server = spawn(
      join(BINARIES, 'postgres'),
      ['-D', cluster, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'],
      { ...options, stdio: 'ignore' },
    );
    const url = `postgres://closewatch@${encodeURIComponent(folder)}/postgres`;
    const started = new SystemPostgres(url, folder, server);
    for (let attempt = 0; ; attempt++) {
      try {
        await withClient(url, (client) => client.query('SELECT 1'));
        return started;
      } catch (error) {
        if (attempt === 100) throw error;
        await sleep(100);
      }
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill('SIGINT');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
