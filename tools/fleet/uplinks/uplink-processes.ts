import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NODE_BUNDLE } from '../../build/node-bundle.ts';
import { endProgram } from '../../programs/end-program.ts';
import { type Order, type Report, type Tally } from './messages.ts';

const WORKSPACE = resolve(import.meta.dirname, '../../..');
const PROGRAM = 'apps/agent/src/testing/many-uplinks.ts';
/** A thousand connections and outboxes in one process leave it far from busy. */
const HOSTS_A_PROCESS = 1_000;
/** Orders that a process has not taken yet; beyond, it cannot keep up, and rounds are left out. */
const MOST_UNSENT = 5_000;
const STOP_LIMIT_MS = 10_000;

export interface UplinkProcessesOptions {
  readonly server: URL;
  readonly token: string;
  readonly tokenFile: string;
  readonly hosts: number;
  /** The server asks this host for a full set. */
  readonly onResync: (host: number) => void;
  /** What an agent would write into its log. */
  readonly onLine: (host: number, line: string) => void;
}

/** The agent's uplinks of a fleet, in as few processes as will do. */
export class UplinkProcesses {
  /** Rounds that no process took in time. */
  leftOut = 0;
  readonly #children: ChildProcess[];
  readonly #unsent: number[];
  readonly #tallies: (Tally | undefined)[];
  readonly #folder: string;
  #stopping = false;

  private constructor(children: ChildProcess[], folder: string) {
    this.#children = children;
    this.#unsent = children.map(() => 0);
    this.#tallies = children.map(() => undefined);
    this.#folder = folder;
  }

  /** Starts them. `onGone` hears of one that ended by itself. */
  static async start(options: UplinkProcessesOptions, onGone: (error: Error) => void): Promise<UplinkProcesses> {
    const folder = mkdtempSync(join(tmpdir(), 'closewatch-fleet-'));
    try {
      const program = await bundled();
      const count = Math.max(1, Math.ceil(options.hosts / HOSTS_A_PROCESS));
      const children = Array.from({ length: count }, () =>
        fork(program.file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: ['--max-semi-space-size=4'] }),
      );
      const processes = new UplinkProcesses(children, folder);
      for (const [index, child] of children.entries()) processes.#listen(child, index, options, onGone);
      // Until it says something, a process may not have read its program.
      await Promise.all(children.map((child) => once(child, 'message')));
      for (const index of children.keys()) {
        processes.#send(index, {
          kind: 'begin',
          server: options.server.href,
          token: options.token,
          tokenFile: options.tokenFile,
          folder,
        });
      }
      program.forget();
      return processes;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** All of them together. */
  get tally(): Tally {
    const total = (of: (tally: Tally) => number): number =>
      this.#tallies.reduce((sum, tally) => sum + (tally === undefined ? 0 : of(tally)), 0);
    return {
      hosts: total(({ hosts }) => hosts),
      connected: total(({ connected }) => connected),
      accepted: total(({ accepted }) => accepted),
      duplicate: total(({ duplicate }) => duplicate),
      rejected: total(({ rejected }) => rejected),
      waiting: total(({ waiting }) => waiting),
      residentBytes: total(({ residentBytes }) => residentBytes),
    };
  }

  get count(): number {
    return this.#children.length;
  }

  send(order: Extract<Order, { readonly host: number }>): void {
    const index = order.host % this.#children.length;
    if (order.kind === 'round' && (this.#unsent[index] ?? 0) > MOST_UNSENT) this.leftOut++;
    else this.#send(index, order);
  }

  /** Lets them deliver what they have, and waits until they are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#children.map((child, index) => endProgram(child, STOP_LIMIT_MS, () => this.#send(index, { kind: 'stop' }))),
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #send(index: number, order: Order): void {
    this.#unsent[index] = (this.#unsent[index] ?? 0) + 1;
    this.#children[index]?.send(order, () => {
      this.#unsent[index] = (this.#unsent[index] ?? 0) - 1;
    });
  }

  #listen(
    child: ChildProcess,
    index: number,
    { onResync, onLine }: UplinkProcessesOptions,
    onGone: (error: Error) => void,
  ): void {
    child.on('message', (message) => {
      const report = message as Report;
      if (report.kind === 'tally') this.#tallies[index] = report;
      else if (report.kind === 'resync') onResync(report.host);
      else onLine(report.host, report.line);
    });
    child.on('error', onGone);
    child.on('exit', (code, signal) => {
      if (!this.#stopping) onGone(new Error(`a process of uplinks ended (${signal ?? `exit code ${code}`})`));
    });
  }
}

/** The agent's program in one file; once it runs, the file may be forgotten. */
async function bundled(): Promise<{ file: string; forget: () => void }> {
  const dist = join(WORKSPACE, 'dist');
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(join(dist, 'fleet-'));
  const file = join(folder, 'many-uplinks.mjs');
  await build({
    ...NODE_BUNDLE,
    entryPoints: [join(WORKSPACE, PROGRAM)],
    outfile: file,
    define: { CLOSEWATCH_VERSION: '"fleet"' },
  });
  return { file, forget: () => rmSync(folder, { recursive: true, force: true }) };
}
