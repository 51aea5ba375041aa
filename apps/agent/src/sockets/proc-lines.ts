const NEWLINE = 0x0a;
/** No line of these tables is a fifth as long; more without an end is no such file. */
const LONGEST_LINE = 1024;

/** Takes in one line: `bytes` from `start` to `end`, without its newline. They may be reused afterwards. */
export type LineVisitor = (bytes: Uint8Array, start: number, end: number) => void;

/** Splits a table of /proc/net into its lines as it streams in, in pieces of any size. */
export class ProcLines {
  /** Pieces that were too long for a line, and not visited. */
  garbage = 0;
  readonly #visit: LineVisitor;
  #rest = new Uint8Array(0);
  #atHeading = true;

  constructor(visit: LineVisitor) {
    this.#visit = visit;
  }

  /** Begins a table; its first line is a heading, and not visited. */
  begin(): void {
    this.#rest = new Uint8Array(0);
    this.#atHeading = true;
  }

  /** Takes in the next piece of the table; the piece may be reused afterwards. */
  add(piece: Uint8Array): void {
    let bytes = piece;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + piece.length);
      bytes.set(this.#rest);
      bytes.set(piece, this.#rest.length);
    }
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#line(bytes, start, end);
      start = end + 1;
    }
    this.#rest = bytes.slice(start);
    if (this.#rest.length > LONGEST_LINE) {
      this.garbage++;
      this.#rest = new Uint8Array(0);
    }
  }

  /** The table is over: a line without an end was cut short. */
  end(): void {
    if (this.#rest.length > 0) this.#line(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    if (this.#atHeading) this.#atHeading = false;
    else this.#visit(bytes, start, end);
  }
}
