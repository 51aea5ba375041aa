import { type Log } from '../log.ts';

/** Tells what the agent lacks when it begins to, and when it is there again: not with every sample. */
export class Lacks {
  readonly #log: Log;
  #current: ReadonlySet<string> = new Set();

  constructor(log: Log) {
    this.#log = log;
  }

  tell(missing: readonly string[]): void {
    const now = new Set(missing);
    for (const lack of now) if (!this.#current.has(lack)) this.#log.warn(`goes on without: ${lack}`);
    for (const lack of this.#current) if (!now.has(lack)) this.#log.info(`has again: ${lack}`);
    this.#current = now;
  }
}
