import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAMS = process.env.CLOSEWATCH_TEST_PROGRAMS ?? '';
const START_LIMIT_MS = 25_000;

/** The API as a process of its own, as a person starts it. */
export class ApiProcess {
  readonly lines: string[] = [];
  errors = '';
  private readonly exited: Promise<unknown>;

  constructor(
    private readonly dataFolder: string,
    environment: Record<string, string> = {},
    { program = 'main.js', arguments: more = [] as readonly string[] } = {},
  ) {
    this.child = spawn(process.execPath, [join(PROGRAMS, program), ...more], {
      env: {
        PATH: process.env.PATH ?? '',
        PORT: '0',
        CLOSEWATCH_DATA: dataFolder,
        CLOSEWATCH_LOCAL_AGENT: 'off',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'exit');
    createInterface({ input: this.child.stdout ?? process.stdin }).on('line', (line) => this.lines.push(line));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString('utf8')));
  }

  readonly child: ChildProcess;

  /** The sign-in URL, once it is printed. */
  async ready(): Promise<URL> {
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      const line = this.lines.find((text) => text.startsWith('http'));
      if (line !== undefined) return new URL(line);
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The API did not start: ${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async token(): Promise<string> {
    return (await readFile(join(this.dataFolder, 'agent-token'), 'utf8')).trim();
  }

  /** Sends the signal and waits for the end; null when a signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exitCode();
  }

  async exitCode(): Promise<number | null> {
    await this.exited;
    return this.child.exitCode;
  }
}
