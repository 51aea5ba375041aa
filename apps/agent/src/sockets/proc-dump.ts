import { emptyTally, tcpStateFromKernel, type StateTally } from '@closewatch/socket-states';
import { Listeners } from './listeners.ts';
import { ProcLines } from './proc-lines.ts';
import { heldBy, listenerOf, socketOf, stateNumberOf, type ProcTable } from './proc-tcp-line.ts';
import { type SocketRoll } from './socket-roll.ts';
import { type CloseWaitSocket } from './socket-table.ts';

const TIME_WAIT = 6;
const CLOSE_WAIT = 8;
const LISTEN = 10;

/**
 * Counts the lines of /proc/net/tcp and tcp6 as they stream in, in pieces of any size; pure but for what it gathers.
 * Ordinary lines are judged byte by byte and never become strings.
 */
export class ProcDump {
  readonly tally: StateTally = emptyTally();
  readonly listeners = new Listeners();
  readonly #closeWait = new Map<string | number, CloseWaitSocket>();
  readonly #lines = new ProcLines((bytes, start, end) => this.#line(bytes, start, end));
  readonly #roll: SocketRoll | undefined;
  #garbage = 0;
  #table: ProcTable | undefined;

  /** `roll`, if anybody wants it, takes every socket but TIME_WAIT. */
  constructor(roll?: SocketRoll) {
    this.#roll = roll;
  }

  get closeWait(): readonly CloseWaitSocket[] {
    return [...this.#closeWait.values()];
  }

  /** Lines that were not understood, and not counted. */
  get garbage(): number {
    return this.#garbage + this.#lines.garbage;
  }

  /** Begins a table; its first line is a heading. */
  begin(table: ProcTable): void {
    this.#table = table;
    this.#lines.begin();
  }

  /** Takes in the next piece of the table; the piece may be reused afterwards. */
  add(piece: Uint8Array): void {
    this.#lines.add(piece);
  }

  /** The table is over: a line without an end was cut short. */
  end(): void {
    this.#lines.end();
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    const table = this.#table;
    const state = table && stateNumberOf(bytes, start, end, table);
    if (table === undefined || state === undefined) {
      this.#garbage++;
      return;
    }
    if (state === CLOSE_WAIT || state === LISTEN) {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
      if (!this.#spelledOut(line, state, table)) {
        this.#garbage++;
        return;
      }
    }
    this.tally[tcpStateFromKernel(state)]++;
    if (this.#roll !== undefined && state !== TIME_WAIT) {
      // A line cut short behind its state is a socket, of nobody that is known.
      const { inode, uid } = heldBy(bytes, start, end) ?? { inode: 0, uid: 0 };
      this.#roll.add(inode, uid, state);
    }
  }

  #spelledOut(line: string, state: number, table: ProcTable): boolean {
    if (state === LISTEN) {
      const listener = listenerOf(line, table);
      if (listener !== undefined) this.listeners.add(listener.local, listener.queue);
      return listener !== undefined;
    }
    const socket = socketOf(line, table);
    if (socket !== undefined) this.#closeWait.set(socket.key, socket);
    return socket !== undefined;
  }
}
