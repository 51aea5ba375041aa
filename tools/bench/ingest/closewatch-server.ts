import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { endProgram } from '../../programs/end-program.ts';
import { CannotRun } from '../bench.ts';
import { cpuMsOfTree } from './process-tree.ts';
import { cpuMsOf } from '../agent/process-cost.ts';

const WORKSPACE = resolve(import.meta.dirname, '../../..');
const PROGRAM = join(WORKSPACE, 'dist/api/main.js');
const LONGEST_START_MS = 60_000;
const LONGEST_STOP_MS = 20_000;

/** The built server on a database of its own, both in a temporary folder; no agent of its own. */
export class ClosewatchServer {
  readonly token = randomBytes(24).toString('base64url');
  readonly #data = mkdtempSync(join(tmpdir(), 'closewatch-bench-'));
  readonly #child: ChildProcess;
  #database: pg.Client | undefined;
  #url = '';
  #signInCode = '';

  private constructor(nodeWords: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [...nodeWords, PROGRAM], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        CLOSEWATCH_DATA: this.#data,
        CLOSEWATCH_LOCAL_AGENT: 'off',
        CLOSEWATCH_TOKEN: this.token,
        ...environment,
      },
    });
  }

  /** `nodeWords`: for Node itself, before the program. */
  static async start(
    nodeWords: readonly string[] = [],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<ClosewatchServer> {
    if (!existsSync(PROGRAM)) throw new CannotRun('dist/api is missing: npm run build');
    const server = new ClosewatchServer(nodeWords, environment);
    try {
      server.#url = await server.#announcedUrl();
      server.#database = new pg.Client({ connectionString: server.databaseUrl });
      await server.#database.connect();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server did not start');
    return this.#child.pid;
  }

  /** Pid of the database server. */
  get postmaster(): number {
    return Number(readFileSync(join(this.#cluster, 'postmaster.pid'), 'latin1').split('\n')[0]);
  }

  /** Milliseconds of CPU that the API, and PostgreSQL in all its processes, have used so far. */
  cpuMs(): { api: number; postgres: number } {
    return { api: cpuMsOf(this.pid), postgres: cpuMsOfTree(this.postmaster) };
  }

  async query<Row>(sql: string): Promise<Row[]> {
    if (this.#database === undefined) throw new Error('the server is not running');
    return (await this.#database.query(sql)).rows as Row[];
  }

  /** Signs in with the code that was printed, once; returns the cookie to send along. */
  async signIn(): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: this.#signInCode }),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (!answer.ok || cookie === undefined) throw new Error(`signing in failed with ${answer.status}`);
    return cookie;
  }

  async stop(): Promise<void> {
    await this.#database?.end().catch(() => undefined);
    await endProgram(this.#child, LONGEST_STOP_MS);
    if (this.#home !== this.#data) rmSync(this.#home, { recursive: true, force: true });
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Where the database lies: beside the rest, unless its user cannot go there. */
  get #home(): string {
    const note = join(this.#data, 'postgres-location');
    return existsSync(note) ? readFileSync(note, 'utf8').trim() : join(this.#data, 'postgres');
  }

  get #cluster(): string {
    return join(this.#home, 'data');
  }

  get databaseUrl(): string {
    const password = readFileSync(join(this.#data, 'postgres-password'), 'utf8').trim();
    // The sixth line names the folder of the socket (postmaster.pid).
    const socket = readFileSync(join(this.#cluster, 'postmaster.pid'), 'latin1').split('\n')[4] ?? '';
    return `postgres://closewatch:${encodeURIComponent(password)}@${encodeURIComponent(socket)}/closewatch`;
  }

  #announcedUrl(): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = '';
      const impatience = setTimeout(() => reject(new Error(`the server did not start:\n${said}`)), LONGEST_START_MS);
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => reject(new Error(`the server ended (${code}):\n${said}`)));
      this.#child.stdout?.on('data', (piece: Buffer) => {
        said += piece.toString('utf8');
        const [, url, code] = /^(http:\/\/\S+)\/sign-in\?code=(\S+)\n/m.exec(said) ?? [];
        if (url === undefined || code === undefined) return;
        this.#signInCode = code;
        clearTimeout(impatience);
        resolve(url);
      });
    });
  }
}
