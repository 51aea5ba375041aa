import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { endProgram } from '../../programs/end-program.ts';
import { CannotRun } from '../bench.ts';
import { type Load } from './loads.ts';

const WORKSPACE = resolve(import.meta.dirname, '../../..');
const LOAD_PROGRAM = join(WORKSPACE, 'apps/agent/src/testing/socket-load.ts');
const LONGEST_FILL_MS = 90_000;
/** As many descriptors as this user may have. */
const MOST_DESCRIPTORS = 'ulimit -n "$(ulimit -Hn)"; exec "$@"';

/** Throws where this machine or user cannot make network namespaces. */
export function requireNamespaces(): void {
  if (process.getuid?.() !== 0) throw new CannotRun('loads are made in a network namespace, which needs root');
  try {
    execFileSync('unshare', ['--net', 'true'], { stdio: 'ignore' });
  } catch (error) {
    throw new CannotRun(`unshare --net does not work here: ${String(error)}`);
  }
}

/** A network namespace filled with sockets, for as long as a measurement needs it. */
export class LoadedNamespace {
  readonly #load: ChildProcess;
  readonly #guests: ChildProcess[] = [];

  private constructor(load: ChildProcess) {
    this.#load = load;
  }

  static async open(load: Load): Promise<LoadedNamespace> {
    const command = ['bash', '-c', MOST_DESCRIPTORS, 'load', process.execPath, '--no-warnings', LOAD_PROGRAM];
    const child = spawn('unshare', ['--net', ...command, ...load.words], { stdio: ['pipe', 'pipe', 'inherit'] });
    const namespace = new LoadedNamespace(child);
    try {
      await untilSays(child, 'ready', LONGEST_FILL_MS);
    } catch (error) {
      await namespace.close();
      throw new CannotRun(`the ${load.name} load could not be made: ${String(error)}`);
    }
    return namespace;
  }

  /** Starts a program in it, and waits until it says `text` on its standard output or error. */
  async start(
    text: string,
    command: string,
    words: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<ChildProcess> {
    const guest = spawn('nsenter', [...this.#door(), command, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      cwd: WORKSPACE,
    });
    this.#guests.push(guest);
    await untilSays(guest, text, 20_000);
    return guest;
  }

  /** Runs a command in it to its end; returns what it wrote. */
  run(command: string, ...words: string[]): string {
    return execFileSync('nsenter', [...this.#door(), command, ...words], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  async close(): Promise<void> {
    for (const guest of this.#guests.toReversed()) await endProgram(guest);
    await endProgram(this.#load);
  }

  #door(): string[] {
    return [`--net=/proc/${this.#load.pid}/ns/net`, '--'];
  }
}

function untilSays(child: ChildProcess, text: string, deadlineMs: number): Promise<void> {
  return new Promise((resolveSaid, reject) => {
    let said = '';
    const deadline = setTimeout(
      () => reject(new Error(`it did not say "${text}" in time: ${said.slice(-500)}`)),
      deadlineMs,
    );
    const listen = (piece: Buffer): void => {
      // What it says later must be read too, or it would wait for us.
      if (said.includes(text)) return;
      said += piece.toString('utf8');
      if (!said.includes(text)) return;
      clearTimeout(deadline);
      resolveSaid();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(deadline);
      reject(new Error(`it ended with ${code}: ${said.slice(-500)}`));
    });
  });
}
