/** Where pictures are shown that follow one another. */
export interface Screen {
  /** Characters in a line; infinite where lines may have any length. */
  readonly width: number;
  /** Shows a picture in place of the last. */
  show(lines: readonly string[]): void;
  /** Writes a line, and leaves it. */
  line(text: string): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** Control sequences of xterm and all that follow it (ECMA-48; the alternate screen is xterm's 1049). */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const ERASE_LINE_END = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** Of a terminal that does not tell its size (0 of each). */
const UNTOLD = { columns: 80, rows: 24 };

/** Pictures in place on the alternate screen of a terminal, which comes back as it was; no taller than the terminal. */
export function terminalScreen(stream: NodeJS.WriteStream): Screen {
  let entered = false;
  return {
    get width() {
      return stream.columns || UNTOLD.columns;
    },
    show(lines) {
      if (!entered) stream.write(ENTER);
      entered = true;
      const rows = Math.max(2, (stream.rows || UNTOLD.rows) - 1);
      const fitting =
        lines.length > rows ? [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} lines more`] : lines;
      // Each line erases what was left of it: erasing the whole screen first would flicker.
      stream.write(HOME + fitting.map((line) => `${line}${ERASE_LINE_END}\n`).join('') + ERASE_BELOW);
    },
    line(text) {
      stream.write(`${text}\n`);
    },
    close() {
      if (entered) stream.write(LEAVE);
      entered = false;
    },
  };
}

/** Pictures one after the other, parted by an empty line: for a file or a pipe. */
export function plainScreen(stream: { write(text: string): unknown }): Screen {
  let first = true;
  return {
    width: Number.POSITIVE_INFINITY,
    show(lines) {
      stream.write(`${first ? '' : '\n'}${lines.join('\n')}\n`);
      first = false;
    },
    line(text) {
      stream.write(`${text}\n`);
    },
    close: () => undefined,
  };
}
