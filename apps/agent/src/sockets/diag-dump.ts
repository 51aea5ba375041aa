import { emptyTally, tcpStateFromKernel, type StateTally, type TcpState } from '@closewatch/socket-states';
import { AT, LITTLE_ENDIAN, endpointAt } from './diag-format.ts';
import { DiagMessages, type DumpProgress } from './diag-messages.ts';
import { DiagRecords } from './diag-socket.ts';
import { Listeners } from './listeners.ts';
import { type SocketRoll } from './socket-roll.ts';

const CLOSE_WAIT = 8;
const FIN_WAIT_2 = 5;
const LISTEN = 10;
/** idiag_timer of a minisocket: an orphaned FIN_WAIT2 that /proc/net/sockstat counts under tw. */
const TIMER_TIMEWAIT = 3;
const STATE_BY_NUMBER: readonly TcpState[] = Array.from({ length: 256 }, (_, number) => tcpStateFromKernel(number));

/** Counts the sockets in the kernel's answer to one dump request, buffer by buffer; pure but for what it gathers. */
export class DiagDump {
  readonly listeners = new Listeners();
  readonly closeWait: DiagRecords;
  /** FIN_WAIT2 entries that sockstat counts as tw. */
  finWait2Minisockets = 0;
  readonly sequence: number;
  readonly #messages: DiagMessages;
  /** Sockets by the kernel's number of their state. */
  readonly #counts = new Uint32Array(STATE_BY_NUMBER.length);
  readonly #roll: SocketRoll | undefined;

  /**
   * `sequence` is the request's; `roll`, if anybody wants it, takes every socket; `closeWait`, empty, those in CLOSE_WAIT.
   */
  constructor(sequence: number, roll?: SocketRoll, closeWait = new DiagRecords()) {
    this.sequence = sequence;
    this.closeWait = closeWait;
    this.#roll = roll;
    this.#messages = new DiagMessages(sequence, (bytes, view, offset) => this.#count(bytes, view, offset));
  }

  get tally(): StateTally {
    const tally = emptyTally();
    for (const [number, state] of STATE_BY_NUMBER.entries()) tally[state] += this.#counts[number] ?? 0;
    return tally;
  }

  /** Takes in one received buffer of whole messages. Never throws, whatever the bytes. */
  add(bytes: Uint8Array): DumpProgress {
    return this.#messages.add(bytes);
  }

  #count(bytes: Uint8Array, view: DataView, offset: number): void {
    const number = bytes[offset + AT.state] ?? 0;
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
    if (number === CLOSE_WAIT) this.closeWait.append(view, offset);
    else if (number === LISTEN) this.#listener(bytes, view, offset);
    else if (number === FIN_WAIT_2 && bytes[offset + AT.timer] === TIMER_TIMEWAIT) this.finWait2Minisockets++;
    this.#roll?.add(
      view.getUint32(offset + AT.inode, LITTLE_ENDIAN),
      view.getUint32(offset + AT.uid, LITTLE_ENDIAN),
      number,
    );
  }

  /** Of a LISTEN socket the queues are the connections that wait, and how many may (net/ipv4/tcp_diag.c). */
  #listener(bytes: Uint8Array, view: DataView, offset: number): void {
    this.listeners.add(endpointAt(bytes, offset, 'local'), {
      length: view.getUint32(offset + AT.recvQueue, LITTLE_ENDIAN),
      limit: view.getUint32(offset + AT.sendQueue, LITTLE_ENDIAN),
    });
  }
}
