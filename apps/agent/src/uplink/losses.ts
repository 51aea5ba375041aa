import { type AgentEvent } from '@closewatch/protocol';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** Told of snapshots that will never arrive. Instants in milliseconds since 1970. */
export interface LossListener {
  dropped(snapshots: number, fromMs: number, toMs: number): void;
  damaged(records: number): void;
}

interface Tally {
  snapshots: number;
  fromMs: number | null;
  toMs: number | null;
  damaged: number;
}

const NONE: Tally = { snapshots: 0, fromMs: null, toMs: null, damaged: 0 };

/**
 * What was lost and not told yet. It is kept in a file of its own: told with snapshots of an outage, it would be dropped
 * with them. So it waits until snapshots arrive again, over restarts too.
 */
export class Losses implements LossListener {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #tally: Tally;
  #saved = true;

  /** `path`: the file; one that cannot be read says nothing. `warn` hears of the first loss that is not told yet. */
  constructor(path: string, warn: (message: string) => void = () => undefined) {
    this.#path = path;
    this.#warn = warn;
    this.#tally = read(path);
  }

  dropped(snapshots: number, fromMs: number, toMs: number): void {
    const { fromMs: first, toMs: last } = this.#tally;
    if (this.#tally.snapshots === 0) {
      this.#warn('the outbox is full, or snapshots in it are too old: the oldest go; the server will be told how many');
    }
    this.#tally.snapshots += snapshots;
    this.#tally.fromMs = Math.min(first ?? fromMs, fromMs);
    this.#tally.toMs = Math.max(last ?? toMs, toMs);
    this.#saved = false;
  }

  damaged(records: number): void {
    if (this.#tally.damaged === 0) this.#warn('some of the outbox cannot be read back, and is skipped');
    this.#tally.damaged += records;
    this.#saved = false;
  }

  /** What there is to tell, once; `at`: ISO 8601. Whoever takes it sees to it that it arrives. */
  take(at: string): AgentEvent[] {
    const { snapshots, fromMs, toMs, damaged } = this.#tally;
    const events: AgentEvent[] = [];
    if (snapshots > 0 && fromMs !== null && toMs !== null) {
      const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
      events.push({ at, kind: 'dropped', snapshots, from, to });
    }
    if (damaged > 0) events.push({ at, kind: 'damaged', records: damaged });
    if (events.length > 0) this.#saved = false;
    this.#tally = { ...NONE };
    return events;
  }

  /** Writes it down, if it changed. Rejects as the file system does. */
  async save(): Promise<void> {
    if (this.#saved) return;
    this.#saved = true;
    try {
      await writeFile(`${this.#path}.draft`, JSON.stringify(this.#tally), { mode: 0o600 });
      await rename(`${this.#path}.draft`, this.#path);
    } catch (error) {
      this.#saved = false;
      throw error;
    }
  }
}

function read(path: string): Tally {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return { ...NONE };
    const number = (name: keyof Tally): number => {
      const found: unknown = Reflect.get(value, name);
      return typeof found === 'number' && Number.isFinite(found) && found > 0 ? found : 0;
    };
    const [snapshots, damaged] = [Math.floor(number('snapshots')), Math.floor(number('damaged'))];
    return { snapshots, damaged, fromMs: number('fromMs') || null, toMs: number('toMs') || null };
  } catch {
    return { ...NONE };
  }
}
