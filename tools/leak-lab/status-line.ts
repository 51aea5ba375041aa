/** What is asked of a terminal, a file or a pipe. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Words on standard output: one line that is written over on a terminal, a line for each change elsewhere. */
export class StatusLine {
  readonly #out: Output;
  #shown = '';

  constructor(out: Output) {
    this.#out = out;
  }

  /** Shows the state of things; says nothing when nothing changed. */
  show(text: string): void {
    if (text === this.#shown) return;
    this.#out.write(this.#out.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
    this.#shown = text;
  }

  /** Prints a line that stays. */
  print(text: string): void {
    this.end();
    this.#out.write(`${text}\n`);
  }

  /** Leaves the cursor on a line of its own. */
  end(): void {
    if (!this.#out.isTTY || this.#shown === '') return;
    this.#out.write('\n');
    this.#shown = '';
  }
}
