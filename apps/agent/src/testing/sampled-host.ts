import { SnapshotSchema, type Snapshot } from '@closewatch/protocol';
import { type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type ZooNamespace } from './network-namespace.ts';

/** What a round of `sampling-host.ts` yields. */
export interface Round {
  readonly snapshots: readonly Snapshot[];
  readonly missing: readonly string[];
  /** How many namespaces are followed, the own one among them. */
  readonly trackers: number;
}

/** A program that samples the host as the agent does, with a network namespace as its own. */
export class SampledHost {
  readonly #program: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, undefined>;
  #stderr = '';

  /** `program`: the built `sampling-host.ts`; `before`: words that run it as somebody else, such as setpriv's. */
  constructor(own: ZooNamespace, program: string, before: readonly string[] = [], options: readonly string[] = []) {
    const [command = '', ...words] = [...before, process.execPath, program, ...options];
    this.#program = own.spawn(command, ...words);
    // An end before its time shows in what it says.
    this.#program.stdin.on('error', () => undefined);
    this.#program.stderr.on('data', (piece: Buffer) => (this.#stderr += piece.toString()));
    this.#lines = createInterface({ input: this.#program.stdout })[Symbol.asyncIterator]() as AsyncIterator<
      string,
      undefined
    >;
  }

  /** The program's process: nsenter and setpriv become it. */
  get pid(): number {
    return this.#program.pid ?? 0;
  }

  /** One round, so many milliseconds after the last one on the program's clock. */
  async round(laterMs: number): Promise<Round> {
    this.#program.stdin.write(`${laterMs}\n`);
    const snapshots: Snapshot[] = [];
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) {
        await once(this.#program, 'close');
        throw new Error(`the sampling program ended: ${this.#stderr}`);
      }
      const said = JSON.parse(line.value) as Snapshot | Omit<Round, 'snapshots'>;
      if ('missing' in said) return { snapshots, ...said };
      snapshots.push(SnapshotSchema.parse(said));
    }
  }

  /** Lets it end by itself; returns its exit code. */
  async end(): Promise<number | null> {
    if (this.#program.exitCode === null && this.#program.signalCode === null) {
      const exit = once(this.#program, 'exit');
      this.#program.stdin.end();
      await exit;
    }
    return this.#program.exitCode;
  }
}
