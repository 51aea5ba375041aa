import { SocketTextError } from './socket-text.ts';

/** The line of a socket that hundreds of processes share, and five times as much. */
const LONGEST_LINE = 128 * 1024;

const UNENDED =
  'the last line has no line end: the text was cut short, or its line ends were stripped. ' +
  'Send it as the tool prints it (curl --data-binary @-)';
const TOO_LONG =
  `a line of more than ${LONGEST_LINE} characters: no output of ss or netstat, ` +
  'or one whose line ends were stripped (send it with curl --data-binary, not with -d)';

/**
 * Cuts bytes, in pieces of any size, into lines without their ends (LF, or CR LF). What is no UTF-8 comes out as
 * U+FFFD. Keeps no more than one line.
 */
export class TextLines {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #onLine: (line: string, number: number) => void;
  #rest = '';
  #count = 0;
  #first = true;

  /** `onLine` gets each line and its number, from 1. */
  constructor(onLine: (line: string, number: number) => void) {
    this.#onLine = onLine;
  }

  get count(): number {
    return this.#count;
  }

  /** Throws {@link SocketTextError} for what is no text of lines. */
  add(bytes: Uint8Array): void {
    if (this.#first && bytes.length > 0) {
      this.#first = false;
      refuseOtherEncodings(bytes);
    }
    this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Throws {@link SocketTextError} when the text ends in the middle of a line. */
  end(): void {
    this.#cut(this.#decoder.decode());
    if (this.#rest.trim() !== '') throw new SocketTextError(this.#count + 1, UNENDED);
  }

  #cut(piece: string): void {
    let start = 0;
    for (;;) {
      const end = piece.indexOf('\n', start);
      if (end === -1) break;
      const line = this.#rest === '' ? piece.slice(start, end) : this.#rest + piece.slice(start, end);
      this.#rest = '';
      start = end + 1;
      this.#emit(line);
    }
    this.#rest += piece.slice(start);
    if (this.#rest.length > LONGEST_LINE) throw new SocketTextError(this.#count + 1, TOO_LONG);
  }

  #emit(line: string): void {
    this.#count++;
    if (line.length > LONGEST_LINE) throw new SocketTextError(this.#count, TOO_LONG);
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line, this.#count);
  }
}

function refuseOtherEncodings([first, second]: Uint8Array): void {
  if (first === 0x1f && second === 0x8b) {
    throw new SocketTextError(
      1,
      'the text is packed by gzip and does not say so: add the header Content-Encoding: gzip',
    );
  }
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new SocketTextError(1, 'the text is UTF-16, as PowerShell writes files; send UTF-8');
  }
}
