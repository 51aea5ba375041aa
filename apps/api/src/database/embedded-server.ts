import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { coerceError } from '../errors/coerce-error.ts';
import { type ClusterFolders, prepareClusterFolders } from './cluster-folders.ts';
import { ensureCluster } from './cluster-init.ts';
import { claimServer } from './data-folder-lock.ts';
import { findPostgres } from './platform-binaries.ts';
import { findPostmaster } from './postmaster-file.ts';
import { DATABASE, socketUrl } from './running-server.ts';
import { adoptServer, release, startServer } from './server-process.ts';
import { serverAccount, type ServerAccount } from './server-account.ts';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const RETRY_MS = 50;
const RESTART_MS = 1_000;
/** A server that ends this often without a connection will not start by trying again. */
const LAUNCHES = 3;

/** How the owner learns what happens to the server in between. */
export interface EmbeddedServerEvents {
  adopted?(pid: number): void;
  /** The server ended although nobody asked it to; it is being started again. */
  crashed?(reason: string): void;
}

/**
 * PostgreSQL from npm on a data folder of ours, over a Unix socket. It ends with this process, however that ends; one
 * that survived nonetheless is adopted; one that belongs to another running Closewatch is left alone, with an error.
 */
export class EmbeddedServer {
  private guardian: ChildProcess | undefined;
  private owner: pg.Client | undefined;
  /** The postmaster that we own; never stop another one. */
  private ownedPid: number | undefined;
  private failedLaunches = 0;
  private stopping = false;

  private constructor(
    private readonly folders: ClusterFolders,
    private readonly account: ServerAccount | undefined,
    private readonly password: string,
    private readonly events: EmbeddedServerEvents,
  ) {}

  /** Starts, or adopts, the server below `dataFolder` (absolute path) and makes the database. Rejects on the signal. */
  static async start(
    dataFolder: string,
    events: EmbeddedServerEvents = {},
    signal?: AbortSignal,
  ): Promise<EmbeddedServer> {
    const account = serverAccount();
    const folders = await prepareClusterFolders(dataFolder, findPostgres(), account);
    const password = await ensureCluster(folders, account, signal);
    const server = new EmbeddedServer(folders, account, password, events);
    try {
      await server.run(signal);
      await server.ensureDatabase();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** postgres:// URL of the database; the host is the socket's folder. */
  get databaseUrl(): string {
    return this.urlOf(DATABASE, this.folders.socket);
  }

  /** Pid of the postmaster, when it runs. */
  async pid(): Promise<number | undefined> {
    return (await findPostmaster(this.folders.cluster))?.pid;
  }

  /** Fast shutdown; resolves when the server is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.owner?.end().catch(() => undefined);
    const guardian = this.guardian;
    if (guardian === undefined) return;
    const ended = guardian.exitCode === null && guardian.signalCode === null ? once(guardian, 'exit') : undefined;
    release(guardian);
    const deadline = Date.now() + STOP_LIMIT_MS;
    while (this.ownedPid !== undefined && (await this.pid()) === this.ownedPid) {
      if (Date.now() > deadline) {
        process.kill(this.ownedPid, 'SIGQUIT');
        return;
      }
      await sleep(RETRY_MS);
    }
    await ended;
    const { home, socket } = this.folders;
    if (this.ownedPid !== undefined && !socket.startsWith(home)) await rm(socket, { recursive: true, force: true });
  }

  private urlOf(database: string, socketFolder: string): string {
    return socketUrl(database, this.password, socketFolder);
  }

  private async run(signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      signal?.throwIfAborted();
      const running = await findPostmaster(this.folders.cluster);
      if (running === undefined && this.guardian === undefined) this.launch();
      const claim = await claimServer(this.urlOf('postgres', running?.socketFolder || this.folders.socket));
      if (claim.outcome === 'taken') {
        throw new Error(
          `Another Closewatch is running on the database ${this.folders.cluster}. ` +
            'Stop it, or give this one its own CLOSEWATCH_DATA and PORT.',
        );
      }
      if (claim.outcome === 'claimed' && (await this.settle(claim.connection))) return;
      if (Date.now() > deadline || this.stopping || this.failedLaunches >= LAUNCHES) {
        const cause = claim.outcome === 'unavailable' ? claim.error : undefined;
        throw new Error(`The embedded PostgreSQL did not start:\n${await this.logTail()}`, { cause });
      }
      await sleep(RETRY_MS);
    }
  }

  /** Makes the claimed server ours; false when it must be replaced first. */
  private async settle(connection: pg.Client): Promise<boolean> {
    const running = await findPostmaster(this.folders.cluster);
    if (running === undefined) {
      await connection.end().catch(() => undefined);
      return false;
    }
    if (running.socketFolder !== this.folders.socket) {
      // An orphan whose socket lies elsewhere (the temp folder has changed since): ours has to stand where we say.
      await connection.end().catch(() => undefined);
      process.kill(running.pid, 'SIGINT');
      return false;
    }
    this.owner = connection;
    this.ownedPid = running.pid;
    this.failedLaunches = 0;
    if (this.guardian === undefined) this.adopt(running.pid, connection);
    return true;
  }

  private launch(): void {
    const guardian = startServer(this.folders, this.account);
    this.guardian = guardian;
    const ended = (reason: string): void => {
      release(guardian);
      if (this.guardian !== guardian) return;
      this.guardian = undefined;
      this.failedLaunches++;
      // While run() waits for the first connection it starts the next attempt itself.
      if (!this.stopping && this.owner !== undefined) void this.restart(reason);
    };
    guardian.once('error', (error) => ended(error.message));
    guardian.once('exit', (code, signal) => ended(`postgres ended (${code ?? signal})`));
  }

  private adopt(pid: number, connection: pg.Client): void {
    this.guardian = adoptServer(pid, this.account);
    this.events.adopted?.(pid);
    // An adopted server is no child of ours; its end shows as the end of the connection that owns it.
    connection.once('end', () => {
      if (this.stopping) return;
      if (this.guardian !== undefined) release(this.guardian);
      this.guardian = undefined;
      void this.restart('the adopted server ended');
    });
  }

  private async restart(reason: string): Promise<void> {
    this.events.crashed?.(reason);
    await this.owner?.end().catch(() => undefined);
    this.owner = undefined;
    this.ownedPid = undefined;
    while (!this.stopping) {
      try {
        this.failedLaunches = 0;
        await this.run();
        return;
      } catch (error) {
        if (this.stopping) return;
        this.events.crashed?.(coerceError(error).message);
        await sleep(RESTART_MS);
      }
    }
  }

  private async ensureDatabase(): Promise<void> {
    const found = await this.owner?.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found?.rowCount === 0) await this.owner?.query(`CREATE DATABASE ${DATABASE}`);
  }

  private async logTail(): Promise<string> {
    const log = await readFile(this.folders.log, 'utf8').catch(() => '(no log)');
    return log.trimEnd().split('\n').slice(-12).join('\n');
  }
}
