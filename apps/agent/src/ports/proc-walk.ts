import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { ProcLines } from '../sockets/proc-lines.ts';
import { TABLES, startOfEndpoints, stateNumberOf, type ProcTable } from '../sockets/proc-tcp-line.ts';
import { type PortTally } from './port-tally.ts';
import { restWhenDue, type PortWalk } from './port-walk.ts';
import { MAPPED, TUPLE } from './tuple.ts';

const BUFFER_BYTES = 64 * 1024;
const WORD_DIGITS = 8;
const PORT_DIGITS = 4;

/** Through /proc/net/tcp and tcp6, where netlink is not to be had. `procRoot` is usually /proc. */
export function walkByProc(procRoot: string): PortWalk {
  return async (begin, signal) => {
    const pacer = new Pacer();
    const rest = (): Promise<void> => restWhenDue(pacer, signal);
    const tally = begin();
    await stream(join(procRoot, 'net/tcp'), linesInto(tally, TABLES.tcp), rest);
    try {
      await stream(join(procRoot, 'net/tcp6'), linesInto(tally, TABLES.tcp6), rest);
    } catch (error) {
      // Without IPv6 there is no such file.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    return { tally, busyMs: pacer.busyMs };
  };
}

async function stream(path: string, lines: ProcLines, rest: () => Promise<void>): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) break;
      lines.add(buffer.subarray(0, length));
      await rest();
    }
    lines.end();
  } finally {
    closeSync(descriptor);
  }
}

/** Counts the sockets of one table. Lines that are none are passed over; the sampler's own look tells of them. */
export function linesInto(tally: PortTally, table: ProcTable): ProcLines {
  return new ProcLines((bytes, start, end) => {
    const state = stateNumberOf(bytes, start, end, table);
    const local = startOfEndpoints(bytes, start, end);
    if (state === undefined || local === undefined) return;
    const peer = local + table.addressDigits + 1 + PORT_DIGITS + 1;
    const localPort = hex(bytes, local + table.addressDigits + 1, PORT_DIGITS);
    if (!tally.wants(state, localPort)) return;
    const { tuple } = tally;
    copyAddress(tuple, TUPLE.localAddress, bytes, local, table);
    copyAddress(tuple, TUPLE.peerAddress, bytes, peer, table);
    tuple[TUPLE.peerPort] = hex(bytes, peer + table.addressDigits + 1, PORT_DIGITS);
    tuple[TUPLE.localPort] = localPort;
    tally.add(state);
  });
}

/** Each eight digits are a word in the machine's byte order, as the tuple has it. */
function copyAddress(tuple: Int32Array, to: number, bytes: Uint8Array, from: number, table: ProcTable): void {
  if (table.addressDigits === WORD_DIGITS) {
    tuple[to] = 0;
    tuple[to + 1] = 0;
    tuple[to + 2] = MAPPED;
    tuple[to + 3] = hex(bytes, from, WORD_DIGITS);
    return;
  }
  for (let i = 0; i < 4; i++) tuple[to + i] = hex(bytes, from + i * WORD_DIGITS, WORD_DIGITS);
}

/** Digits known to be hexadecimal, in capitals; eight of them make a number with a sign. */
function hex(bytes: Uint8Array, at: number, digits: number): number {
  let number = 0;
  for (let i = at; i < at + digits; i++) {
    const byte = bytes[i] ?? 0;
    number = (number << 4) | (byte <= 0x39 ? byte - 0x30 : byte - 0x37);
  }
  return number;
}
