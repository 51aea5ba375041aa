import { type SocketTimer } from '@closewatch/protocol';
import { type FiveTuple } from '@closewatch/socket-states';
import { AT, LITTLE_ENDIAN, RECORD_BYTES, endpointAt, viewOf } from './diag-format.ts';
import { type CloseWaitSocket } from './socket-table.ts';
import { socketTimer } from './socket-timer.ts';

/** A block is used again unless it has so many times the room that is needed. */
const MOST_ROOM = 4;

/** The messages of the CLOSE_WAIT sockets of one dump, side by side in one growing block. */
export class DiagRecords {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;
  #pinned = false;

  /** With room for so many at first. */
  constructor(room = 64) {
    this.#bytes = new Uint8Array(room * RECORD_BYTES);
    this.#view = viewOf(this.#bytes);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /** Copies the message that starts at `offset` of `from`; returns where it stands here. */
  append(from: DataView, offset: number): number {
    const at = this.#length;
    if (at + RECORD_BYTES > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = viewOf(larger);
    }
    // Word by word, without an object for each message: a fraction of what byte by byte costs.
    for (let i = 0; i < RECORD_BYTES; i += 4) {
      this.#view.setUint32(at + i, from.getUint32(offset + i, LITTLE_ENDIAN), LITTLE_ENDIAN);
    }
    this.#length = at + RECORD_BYTES;
    return at;
  }

  /** Whether the block may be filled anew: nobody keeps a socket of it, and it is not far too large for so many. */
  isOfUse(expected: number): boolean {
    return !this.#pinned && this.#bytes.length <= expected * RECORD_BYTES * MOST_ROOM;
  }

  /** A socket of it is kept. */
  pin(): void {
    this.#pinned = true;
  }

  clear(): void {
    this.#length = 0;
  }

  /** How many there are. */
  get length(): number {
    return this.#length / RECORD_BYTES;
  }

  // No generator: what this one makes for each of ten thousand, the compiler can do without.
  [Symbol.iterator](): Iterator<DiagSocket, undefined> {
    let at = -RECORD_BYTES;
    return {
      next: () => {
        at += RECORD_BYTES;
        return at < this.#length ? { done: false, value: new DiagSocket(this, at) } : { done: true, value: undefined };
      },
    };
  }
}

/** One CLOSE_WAIT socket out of a netlink dump. */
export class DiagSocket implements CloseWaitSocket {
  #records: DiagRecords;
  #at: number;

  constructor(records: DiagRecords, at: number) {
    this.#records = records;
    this.#at = at;
  }

  get key(): string | number {
    return keyOf(this.#records.view, this.#at);
  }

  get cookie(): string {
    return cookieOf(this.#records.view, this.#at);
  }

  get inode(): number {
    return this.#number(AT.inode);
  }

  get uid(): number {
    return this.#number(AT.uid);
  }

  get localPort(): number {
    return this.#records.view.getUint16(this.#at + AT.localPort);
  }

  get recvQueue(): number {
    return this.#number(AT.recvQueue);
  }

  get sendQueue(): number {
    return this.#number(AT.sendQueue);
  }

  /** The message itself, whose identity part asks the kernel for this very socket. */
  get record(): Uint8Array {
    return this.#records.bytes.subarray(this.#at, this.#at + RECORD_BYTES);
  }

  become(newer: CloseWaitSocket): boolean {
    if (!(newer instanceof DiagSocket)) return false;
    this.#records = newer.#records;
    this.#at = newer.#at;
    return true;
  }

  pin(): void {
    this.#records.pin();
  }

  timer(): SocketTimer | null {
    const { bytes } = this.#records;
    return socketTimer(
      bytes[this.#at + AT.timer] ?? 0,
      this.#number(AT.expires),
      bytes[this.#at + AT.retransmits] ?? 0,
    );
  }

  fiveTuple(): FiveTuple {
    const { bytes } = this.#records;
    return {
      transport: 'tcp',
      local: endpointAt(bytes, this.#at, 'local'),
      peer: endpointAt(bytes, this.#at, 'peer'),
    };
  }

  #number(field: number): number {
    return this.#records.view.getUint32(this.#at + field, LITTLE_ENDIAN);
  }
}

/** The key of the socket whose message starts at `offset`. */
export function keyOf(view: DataView, offset: number): string | number {
  const high = view.getUint32(offset + AT.cookieHigh, LITTLE_ENDIAN);
  // Past 2^53 a number would round two cookies into one.
  if (high >= 0x20_0000) return cookieOf(view, offset);
  return high * 0x1_0000_0000 + view.getUint32(offset + AT.cookieLow, LITTLE_ENDIAN);
}

function cookieOf(view: DataView, offset: number): string {
  const high = BigInt(view.getUint32(offset + AT.cookieHigh, LITTLE_ENDIAN));
  return ((high << 32n) | BigInt(view.getUint32(offset + AT.cookieLow, LITTLE_ENDIAN))).toString();
}
