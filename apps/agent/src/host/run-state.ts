import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, messageOf } from '../errors.ts';

/** What the run before left behind. */
export type After = 'first_run' | 'clean_stop' | 'crash' | 'reboot';

export interface LastRun {
  readonly after: After;
  /** The server's clock when this host started, milliseconds since 1970; of this boot, if known. */
  readonly serverEpochMs: number | undefined;
}

interface State {
  readonly bootId: string;
  readonly stopped: boolean;
  readonly serverEpochMs: number | null;
}

/**
 * DATA/agent/run-state: says at the next start how this run ended, and what it knew of the server's clock. One that
 * cannot be written makes the next start look like a first one; {@link missing} says so.
 */
export class RunState {
  readonly #path: string;
  readonly #bootId: string;
  #serverEpochMs: number | undefined;
  #trouble: string | undefined;

  constructor(dataFolder: string, bootId: string) {
    this.#path = join(dataFolder, 'agent', 'run-state');
    this.#bootId = bootId;
  }

  get missing(): readonly string[] {
    if (this.#trouble === undefined) return [];
    return [`run state: ${this.#trouble}; the next start cannot tell a crash from a clean stop`];
  }

  /** Reads how the last run ended, and notes that this one began. */
  begin(): LastRun {
    const last = this.#read();
    this.#serverEpochMs = last.serverEpochMs;
    this.#write(false);
    return last;
  }

  /** Notes the server's clock when this host started; what moved less than a second is left as it is. */
  learn(serverEpochMs: number): void {
    if (Math.abs(serverEpochMs - (this.#serverEpochMs ?? 0)) < 1_000) return;
    this.#serverEpochMs = serverEpochMs;
    this.#write(false);
  }

  /** Notes that this run ended as it should. */
  end(): void {
    this.#write(true);
  }

  #read(): LastRun {
    let text: string;
    try {
      text = readFileSync(this.#path, 'latin1');
    } catch (error) {
      return { after: errorCode(error) === 'ENOENT' ? 'first_run' : 'crash', serverEpochMs: undefined };
    }
    const state = stateIn(text);
    // Half a file is what a crash leaves.
    if (state === undefined) return { after: 'crash', serverEpochMs: undefined };
    if (state.bootId !== this.#bootId) return { after: 'reboot', serverEpochMs: undefined };
    return { after: state.stopped ? 'clean_stop' : 'crash', serverEpochMs: state.serverEpochMs ?? undefined };
  }

  #write(stopped: boolean): void {
    const state: State = { bootId: this.#bootId, stopped, serverEpochMs: this.#serverEpochMs ?? null };
    const draft = `${this.#path}.draft`;
    try {
      const descriptor = openSync(draft, 'w', 0o600);
      try {
        writeSync(descriptor, `${JSON.stringify(state)}\n`);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(draft, this.#path);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = messageOf(error);
    }
  }
}

function stateIn(text: string): State | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const read = (name: keyof State): unknown => Reflect.get(value, name);
    const [bootId, stopped, epoch] = [read('bootId'), read('stopped'), read('serverEpochMs')];
    if (typeof bootId !== 'string' || typeof stopped !== 'boolean') return undefined;
    return { bootId, stopped, serverEpochMs: typeof epoch === 'number' && epoch > 0 ? epoch : null };
  } catch {
    return undefined;
  }
}
