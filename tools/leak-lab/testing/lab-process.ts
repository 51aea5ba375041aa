import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

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
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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

  /** The process at the other end of the connections. */
  async peerPid(): Promise<number> {
    return this.#until(() => processes().find(({ parent }) => parent === this.pid)?.pid);
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

  async #until<Value>(look: () => Value | undefined): Promise<Value> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const value = look();
      if (value !== undefined) return value;
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the lab did not get there: ${this.lines.join(' | ')} ${this.errors}`);
      }
      await delay(20);
    }
  }
}

/** Every process with its parent, from /proc/PID/stat (proc_pid_stat(5)); the name in brackets may hold anything. */
function processes(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(pid), parent: Number(parent) }];
      } catch {
        return []; // ended since it was listed
      }
    });
}
