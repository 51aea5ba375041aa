import { type Connection, type ProcessEvidence, type Snapshot } from '@closewatch/protocol';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from './built-program.ts';
import { startScenario, type Scenario } from './leak-lab.ts';
import { ended } from './program.ts';
import { Sink } from './sink.ts';

/** One agent, as an operator runs it, that looks every second at scenarios of the leak lab; what it tells is kept. */
export class LabWatch<Name extends string> {
  readonly #labs = new Map<Name, Scenario>();
  readonly #sink = new Sink();
  readonly #folder = mkdtempSync(join(tmpdir(), 'closewatch-agent-'));
  #program: Awaited<ReturnType<typeof builtProgram>> | undefined;
  #agent: ChildProcess | undefined;
  #agentSaid = '';

  /** Starts the agent, and when it tells of this host all scenarios at once; every second one by IPv6. */
  async start(names: readonly Name[], ...words: string[]): Promise<void> {
    this.#program = await builtProgram('main.ts');
    const server = await this.#sink.open();
    const environment = {
      PATH: process.env['PATH'],
      CLOSEWATCH_SERVER: server.href,
      CLOSEWATCH_TOKEN: 't',
      CLOSEWATCH_DATA: this.#folder,
      CLOSEWATCH_INTERVAL: '1s',
    };
    const stdio: ('ignore' | 'pipe')[] = ['ignore', 'ignore', 'pipe'];
    this.#agent = spawn(process.execPath, [this.#program.path, 'run'], { stdio, env: environment });
    this.#agent.stderr?.on('data', (piece: Buffer) => (this.#agentSaid += piece.toString()));
    await this.until(
      () => this.snapshots().length > 0,
      () => 'nothing',
    );
    const starts = names.map(async (name, index) => {
      const host = index % 2 === 0 ? '127.0.0.1' : '::1';
      this.#labs.set(name, await startScenario(name, '--host', host, ...words));
    });
    await Promise.all(starts);
  }

  lab(name: Name): Scenario {
    const scenario = this.#labs.get(name);
    if (scenario === undefined) throw new Error(`${name} did not start`);
    return scenario;
  }

  /** All snapshots of the agent's own network namespace so far. */
  snapshots(): Snapshot[] {
    return this.#sink.received.flatMap((received) => received.snapshots).filter(({ netns }) => netns === 0);
  }

  /** A scenario's connections as each snapshot tells of them, those without any left out. */
  looksAt(name: Name): Connection[][] {
    const { port } = this.lab(name);
    return this.snapshots()
      .map(({ connections }) => connections.filter(({ local }) => local.port === port))
      .filter(({ length }) => length > 0);
  }

  /** The newest of {@link looksAt}. */
  connectionsOf(name: Name): Connection[] {
    return this.looksAt(name).at(-1) ?? [];
  }

  /** The newest evidence of a process, by default of the one that a scenario names. */
  evidenceOf(name: Name, pid = this.lab(name).pid): ProcessEvidence | undefined {
    const newest = this.snapshots().findLast(({ evidence }) => evidence !== undefined);
    return newest?.evidence?.find(({ process }) => process.pid === pid);
  }

  /** Waits until there is something to see, and returns it. What was seen `instead` is what it fails with. */
  async until<Seen>(look: () => Seen | undefined | false, instead: () => unknown, forMs = 20_000): Promise<Seen> {
    for (const deadline = performance.now() + forMs; performance.now() < deadline; await sleep(50)) {
      const seen = look();
      if (seen !== undefined && seen !== false) return seen;
    }
    throw new Error(`the agent told ${JSON.stringify(instead(), undefined, 1)}\nand said ${this.#agentSaid}`);
  }

  /** Ends one scenario before the others. */
  async end(name: Name): Promise<void> {
    await ended(this.lab(name).program);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#labs.values()].map(({ program }) => ended(program)));
    if (this.#agent !== undefined) await ended(this.#agent);
    await this.#sink.close();
    await this.#program?.remove();
    rmSync(this.#folder, { recursive: true });
  }
}
