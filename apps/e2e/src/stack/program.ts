import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Root of the repository, where dist/ and tools/ stand. */
export const workspace = resolve(import.meta.dirname, '../../../..');

/** A program of ours under test, and everything it said. Stories end only what they started, by its handle. */
export class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  constructor(
    readonly name: string,
    args: readonly string[],
    environment: Record<string, string> = {},
  ) {
    this.#child = spawn(process.execPath, args, {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        for (const look of this.#watchers) look();
      });
    }
    this.#child.once('exit', () => {
      for (const look of this.#watchers) look();
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with the first line (from the `after`th on) that matches; fails with all that was said when it ends or time is up. */
  async line(pattern: RegExp, timeoutMs = 60_000, after = 0): Promise<RegExpExecArray> {
    return await new Promise((found, fail) => {
      const timer = setTimeout(
        () => settle(() => fail(this.#failure(`said no line like ${pattern} in ${timeoutMs} ms`))),
        timeoutMs,
      );
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        outcome();
      };
      const look = (): void => {
        for (const line of this.lines.slice(after)) {
          const match = pattern.exec(line);
          if (match !== null) return settle(() => found(match));
        }
        if (!this.running) settle(() => fail(this.#failure(`ended before it said a line like ${pattern}`)));
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Sends the signal and waits for the end. Returns the exit code, null after a signal that killed it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 15_000): Promise<number | null> {
    if (!this.running) return this.#child.exitCode;
    const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(timeoutMs) });
    this.#child.kill(signal);
    try {
      await exited;
    } catch (cause) {
      this.#child.kill('SIGKILL');
      throw this.#failure(`did not end ${timeoutMs} ms after ${signal}`, cause);
    }
    return this.#child.exitCode;
  }

  #failure(what: string, cause?: unknown): Error {
    return new Error(`${this.name} ${what}; it said:\n${this.lines.slice(-40).join('\n')}`, { cause });
  }
}
