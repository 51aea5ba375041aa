import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(process.env.CLOSEWATCH_TEST_PROGRAMS ?? '', 'backup.js');

/** `npm run backup` or `npm run restore` as a process of its own. */
export class BackupProgram {
  errors = '';
  readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(words: readonly string[], environment: Record<string, string>) {
    this.child = spawn(process.execPath, [PROGRAM, ...words], {
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'close');
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString('utf8')));
  }

  /** Null when a signal ended it. */
  async exitCode(): Promise<number | null> {
    await this.exited;
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** Runs it to its end. */
export async function runBackupProgram(
  words: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; errors: string }> {
  const program = new BackupProgram(words, environment);
  const code = await program.exitCode();
  return { code, errors: program.errors };
}
