import { emptyTally, tcpStateFromKernel, type StateTally } from '@closewatch/socket-states';
import { Listeners } from './listeners.ts';
import { localEndpointOf, socketOf, stateNumberOf, type ProcTable } from './proc-tcp-line.ts';
import { type CloseWaitSocket } from './socket-table.ts';

const NEWLINE = 0x0a;
const CLOSE_WAIT = 8;
const LISTEN = 10;
/** No line of these tables is a fifth as long; more without an end is no such file. */
const LONGEST_LINE = 1024;

/**
 * Counts the lines of /proc/net/tcp and tcp6 as they stream in, in pieces of any size; pure but for what it gathers.
 * Ordinary lines are judged byte by byte and never become strings.
 */
export class ProcDump {
  readonly tally: StateTally = emptyTally();
  readonly listeners = new Listeners();
  readonly #closeWait = new Map<string | number, CloseWaitSocket>();
  /** Lines that were not understood, and not counted. */
  garbage = 0;
  #table: ProcTable | undefined;
  #rest = new Uint8Array(0);
  #atHeading = true;

  get closeWait(): readonly CloseWaitSocket[] {
    return [...this.#closeWait.values()];
  }

  /** Begins a table; its first line is a heading. */
  begin(table: ProcTable): void {
    this.#table = table;
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
    if (this.#atHeading) {
      this.#atHeading = false;
      return;
    }
    const table = this.#table;
    const state = table && stateNumberOf(bytes, start, end, table);
    if (table === undefined || state === undefined) {
      this.garbage++;
      return;
    }
    if (state === CLOSE_WAIT || state === LISTEN) {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
      if (!this.#spelledOut(line, state, table)) {
        this.garbage++;
        return;
      }
    }
    this.tally[tcpStateFromKernel(state)]++;
  }

  #spelledOut(line: string, state: number, table: ProcTable): boolean {
    if (state === LISTEN) {
      const local = localEndpointOf(line, table);
      if (local !== undefined) this.listeners.add(local);
      return local !== undefined;
    }
    const socket = socketOf(line, table);
    if (socket !== undefined) this.#closeWait.set(socket.key, socket);
    return socket !== undefined;
  }
}
