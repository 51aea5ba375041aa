import type { LabOptions, Runtime } from './options.ts';

/**
 * One way to leak, on show. To add another: write scenarios/NAME.ts with one of these and list it in registry.ts.
 * A scenario whose server must be stopped, busy or blocked starts that server in a process of its own and gives its
 * pid (servers/apart.ts); this process must stay able to clean up.
 */
export interface Scenario {
  readonly name: string;
  /** One line of --help: what the program does wrong and what one sees. */
  readonly summary: string;
  /** What it fills: a state, as netstat names it, or descriptors whose socket left every table. */
  readonly makes: 'CLOSE_WAIT' | 'TIME_WAIT' | 'orphaned descriptors';
  /** Descriptors that stay open for each socket it holds. */
  readonly descriptorsPerSocket: 0 | 1;
  /** Its sockets wait in a listener's accept queue, which has a limit of its own. */
  readonly queued?: true;
  /** Stops by itself after so many milliseconds unless --duration says otherwise, for it burns a CPU. */
  readonly lastsMs?: number;
  /** What its program may be written in, the usual one first; and why it cannot be in others. */
  readonly runtimes: readonly [Runtime, ...Runtime[]];
  readonly cannot?: Readonly<Partial<Record<Runtime, string>>>;
  /** `runtime` is one of `runtimes`. */
  start(options: LabOptions, runtime: Runtime): Promise<Exhibit>;
}

/** A scenario that runs. */
export interface Exhibit {
  /** The process to whom the sockets belong (or belonged, for TIME_WAIT). */
  readonly pid: number;
  /** Port the server listens on. */
  readonly port: number;
  /** The process dials that port, and somebody else listens there. */
  readonly dials?: true;
  /** Sockets in the state now. */
  held(): number;
  /** Rejects when the scenario cannot go on; never resolves. */
  readonly broken: Promise<never>;
  /** Closes every socket and ends every process the scenario started; safe to call twice. */
  stop(): Promise<void>;
}
