import { readTokenFile } from '../environment.ts';

/** The token to present; where it comes from a file, the newest that was found there. */
export class Token {
  #value: string;
  readonly #file: string | undefined;

  constructor(value: string, file: string | undefined) {
    this.#value = value;
    this.#file = file;
  }

  get value(): string {
    return this.#value;
  }

  /** Reads the file again, for the server does not know this one. Returns whether it holds another; a bad one is none. */
  renew(): boolean {
    if (this.#file === undefined) return false;
    try {
      const found = readTokenFile(this.#file);
      const changed = found !== this.#value;
      this.#value = found;
      return changed;
    } catch {
      return false;
    }
  }
}
