import { execFileSync, spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { ended, untilSays } from './program.ts';

/** Whether the shell finds a command. */
export function isThere(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Why sockets cannot be compared with netstat's in a network namespace on this machine; undefined when they can.
 * Installs net-tools where that is allowed.
 */
export function obstacleToNetstat(): string | undefined {
  if (process.getuid?.() !== 0) return 'a network namespace needs root';
  if (!isThere('unshare') || !isThere('nsenter')) return 'util-linux (unshare, nsenter) is missing';
  if (isThere('netstat')) return undefined;
  try {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const words of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'net-tools'],
    ]) {
      execFileSync('apt-get', words, { stdio: 'ignore', timeout: 120_000, env: environment });
    }
  } catch {
    return 'net-tools is missing and apt-get could not install it';
  }
  return isThere('netstat') ? undefined : 'net-tools brought no netstat';
}

/** A network namespace with sockets in every state (socket-zoo.ts), for as long as the test wants it. */
export class ZooNamespace {
  readonly #zoo: ChildProcessWithoutNullStreams;
  readonly #guests: ChildProcess[] = [];
  readonly #spokenTo: ChildProcessWithoutNullStreams[] = [];

  private constructor(zoo: ChildProcessWithoutNullStreams) {
    this.#zoo = zoo;
  }

  /** `flags`: of unshare, for more than a network namespace. */
  static async open(...flags: string[]): Promise<ZooNamespace> {
    const program = resolve(import.meta.dirname, 'socket-zoo.ts');
    const zoo = spawn('unshare', ['--net', ...flags, process.execPath, program]);
    await untilSays(zoo, 'ready');
    return new ZooNamespace(zoo);
  }

  /** A process in it: the zoo, or with `--fork` the unshare that waits for it. */
  get pid(): number {
    return this.#zoo.pid ?? 0;
  }

  /** Runs a command in it and returns its standard output. */
  run(command: string, ...words: string[]): string {
    return execFileSync('nsenter', [...this.#door(), command, ...words], { encoding: 'utf8', timeout: 20_000 });
  }

  /** Starts a program in it and waits until it says `text`. */
  async start(text: string, command: string, ...words: string[]): Promise<ChildProcess> {
    const guest = spawn('nsenter', [...this.#door(), command, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#guests.push(guest);
    await untilSays(guest, text);
    return guest;
  }

  /** Starts a program in it that the caller speaks to, and that ends with its input. */
  spawn(command: string, ...words: string[]): ChildProcessWithoutNullStreams {
    const program = spawn('nsenter', [...this.#door(), command, ...words]);
    this.#spokenTo.push(program);
    return program;
  }

  async close(): Promise<void> {
    for (const guest of this.#guests) await ended(guest);
    // Their input's end ends them: an unshare that waits for a child (--fork) is deaf to SIGTERM.
    for (const program of [...this.#spokenTo, this.#zoo]) {
      const exit = once(program, 'exit');
      program.stdin.end();
      if (program.exitCode === null && program.signalCode === null) await exit;
    }
  }

  #door(): string[] {
    return [`--net=/proc/${this.#zoo.pid}/ns/net`, '--'];
  }
}

/** The reference: `netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'`, sorted. */
export function netstatIn(namespace: ZooNamespace): string[] {
  const pipe = "netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'";
  return namespace.run('sh', '-c', pipe).trim().split('\n').toSorted();
}

/** The same lines as {@link netstatIn} from `ss -tan`, which has other names for the states. */
export function ssIn(namespace: ZooNamespace): string[] {
  const pipe = "ss -tanH | awk '{++S[$1]} END {for(a in S) print a, S[a]}'";
  return namespace
    .run('sh', '-c', pipe)
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('LISTEN '))
    .map((line) =>
      line
        .replace('ESTAB ', 'ESTABLISHED ')
        .replace(/-(\d) /, '$1 ')
        .replaceAll('-', '_'),
    )
    .toSorted();
}
