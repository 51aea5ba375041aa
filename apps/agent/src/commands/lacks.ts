import { type Log } from '../log.ts';

/** Tells what the agent lacks when it begins to, and when it is there again: not with every sample. */
export class Lacks {
  readonly #log: Log;
  /** By what stays the same while a number in it moves. */
  #current: ReadonlyMap<string, string> = new Map();

  constructor(log: Log) {
    this.#log = log;
  }

  tell(missing: readonly string[]): void {
    const now = new Map(missing.map((lack) => [lack.replaceAll(/\d+/g, '#'), lack]));
    for (const [kind, lack] of now) if (!this.#current.has(kind)) this.#log.warn(`goes on without: ${lack}`);
    for (const [kind, lack] of this.#current) if (!now.has(kind)) this.#log.info(`has again: ${lack}`);
    this.#current = now;
  }
}
