import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { endProgram } from '../../programs/end-program.ts';
import { CannotRun } from '../bench.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../dist/agent/main.js');

/** The built agent at its usual pace. */
export class WatchingAgent {
  readonly hostname: string;
  readonly #data = mkdtempSync(join(tmpdir(), 'closewatch-bench-agent-'));
  readonly #child: ChildProcess;
  #said = '';

  /** `user`: runs as this user (root may ask for it) instead of ours. */
  constructor(hostname: string, server: { url: string; token: string }, user?: number) {
    if (!existsSync(PROGRAM)) throw new CannotRun('dist/agent is missing: npm run build');
    this.hostname = hostname;
    if (user !== undefined) chownSync(this.#data, user, user);
    this.#child = spawn(process.execPath, [PROGRAM, 'run'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(user === undefined ? {} : { uid: user, gid: user }),
      env: {
        PATH: process.env['PATH'],
        CLOSEWATCH_SERVER: server.url,
        CLOSEWATCH_TOKEN: server.token,
        CLOSEWATCH_INTERVAL: '5s',
        CLOSEWATCH_HOSTNAME: hostname,
        CLOSEWATCH_DATA: this.#data,
      },
    });
    this.#child.stderr?.on(
      'data',
      (piece: Buffer) => (this.#said = (this.#said + piece.toString('utf8')).slice(-2_048)),
    );
  }

  /** Throws when it has ended by itself. */
  check(): void {
    if (this.#child.exitCode !== null) throw new Error(`the agent ended with ${this.#child.exitCode}: ${this.#said}`);
  }

  async stop(): Promise<void> {
    await endProgram(this.#child);
    rmSync(this.#data, { recursive: true, force: true });
  }
}
