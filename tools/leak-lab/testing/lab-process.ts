import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { descendantsOf } from './processes.ts';
import { until } from './until.ts';

/** The program that a person starts. */
export const LAB = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface Ready {
  readonly pid: number;
  readonly port: number;
  readonly count: number;
}

/** The lab as a person starts it, with everything it printed. `await using` ends it whatever the test does. */
export class LabProcess implements AsyncDisposable {
  readonly lines: string[] = [];
  errors = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(...args: string[]) {
    const child = spawn(process.execPath, [LAB, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#exited = once(child, 'close').then(([code]) => code as number | null);
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Waits for the line that says the count is reached. */
  async ready(): Promise<Ready> {
    const line = await this.#until(() => this.lines.find((candidate) => candidate.startsWith('ready ')));
    const { pid, port, count } =
      /^ready pid=(?<pid>\d+) port=(?<port>\d+) count=(?<count>\d+)$/.exec(line)?.groups ?? {};
    return { pid: Number(pid), port: Number(port), count: Number(count) };
  }

  /** Waits for its first word, which names the port it listens on. */
  port(): Promise<number> {
    return this.#until(() => {
      const [, port] = /^\S+: pid \d+ listens on \S+:(\d+),/.exec(this.lines[0] ?? '') ?? [];
      return port === undefined ? undefined : Number(port);
    });
  }

  /** The process at the other end of the connections. */
  async peerPid(): Promise<number> {
    return this.#until(() => descendantsOf(this.pid)[0]);
  }

  /** Sends the signal, waits for the end and returns the exit code (null when the signal killed it). */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exited;
  }

  exitCode(): Promise<number | null> {
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop('SIGTERM');
  }

  #until<Value>(look: () => Value | undefined): Promise<Value> {
    const told = (): string => `the lab did not get there: ${this.lines.join(' | ')} ${this.errors}`;
    return until(() => {
      const value = look();
      if (value === undefined && this.#child.exitCode !== null) throw new Error(told());
      return value;
    }, told);
  }
}
