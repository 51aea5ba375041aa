import { emptyTally, tcpStateFromKernel, type StateTally, type TcpState } from '@closewatch/socket-states';
import {
  AT,
  HEADER_BYTES,
  LITTLE_ENDIAN,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLM_F_DUMP_INTR,
  RECORD_BYTES,
  TCPDIAG_GETSOCK,
  aligned,
  endpointAt,
  viewOf,
} from './diag-format.ts';
import { DiagRecords, DiagSocket } from './diag-socket.ts';
import { Listeners } from './listeners.ts';

/** What a buffer said about the dump it belongs to. Only `done` makes its numbers count. */
export type DumpProgress =
  | { readonly kind: 'more' }
  | { readonly kind: 'done' }
  /** The table changed under the kernel's hands (NLM_F_DUMP_INTR), or the bytes make no sense: dump again. */
  | { readonly kind: 'spoiled'; readonly why: string }
  | { readonly kind: 'refused'; readonly errno: number };

const CLOSE_WAIT = 8;
const FIN_WAIT_2 = 5;
const LISTEN = 10;
/** idiag_timer of a minisocket: an orphaned FIN_WAIT2 that /proc/net/sockstat counts under tw. */
const TIMER_TIMEWAIT = 3;
const STATE_BY_NUMBER: readonly TcpState[] = Array.from({ length: 256 }, (_, number) => tcpStateFromKernel(number));

/**
 * Reads the kernel's answer to one dump request, buffer by buffer; pure but for what it gathers. A socket that the
 * kernel repeats is counted once: the kernel goes on by position in a hash chain, so when a newcomer pushes that chain
 * down, what it repeats stands at the very start of the next buffer. Only that start is compared, with the cookies of
 * the buffer before, which keeps the cost a socket and the memory constant.
 */
export class DiagDump {
  readonly tally: StateTally = emptyTally();
  readonly listeners = new Listeners();
  readonly closeWait: DiagSocket[] = [];
  /** FIN_WAIT2 entries that sockstat counts as tw. */
  finWait2Minisockets = 0;
  readonly sequence: number;
  readonly #records = new DiagRecords();
  #cookies: number[] = [];

  /** `sequence` is the request's; messages with another one are answers to somebody else and are skipped. */
  constructor(sequence: number) {
    this.sequence = sequence;
  }

  /** Takes in one received buffer of whole messages. Never throws, whatever the bytes. */
  add(bytes: Uint8Array): DumpProgress {
    const view = viewOf(bytes);
    const cookies: number[] = [];
    let atStart = true;
    let offset = 0;
    while (offset < bytes.length) {
      if (bytes.length - offset < HEADER_BYTES) return spoiled(`${bytes.length - offset} stray bytes`);
      const length = view.getUint32(offset + AT.length, LITTLE_ENDIAN);
      if (length < HEADER_BYTES || length > bytes.length - offset) return spoiled(`a message of ${length} bytes`);
      if (view.getUint32(offset + AT.sequence, LITTLE_ENDIAN) === this.sequence) {
        const type = view.getUint16(offset + AT.type, LITTLE_ENDIAN);
        if ((view.getUint16(offset + AT.flags, LITTLE_ENDIAN) & NLM_F_DUMP_INTR) !== 0) {
          return spoiled('NLM_F_DUMP_INTR');
        }
        if (type === NLMSG_DONE || type === NLMSG_ERROR) return endOf(view, offset, length, type);
        if (type !== TCPDIAG_GETSOCK || length < RECORD_BYTES) return spoiled(`a message of type ${type}`);
        const cookie = cookieNumber(view, offset);
        atStart &&= this.#cookies.includes(cookie);
        if (!atStart) this.#count(bytes, offset);
        cookies.push(cookie);
      }
      offset += aligned(length);
    }
    this.#cookies = cookies;
    return { kind: 'more' };
  }

  #count(bytes: Uint8Array, offset: number): void {
    const number = bytes[offset + AT.state] ?? 0;
    this.tally[STATE_BY_NUMBER[number] ?? 'unknown']++;
    if (number === CLOSE_WAIT) this.closeWait.push(new DiagSocket(this.#records, this.#records.append(bytes, offset)));
    else if (number === LISTEN) this.listeners.add(endpointAt(bytes, offset, 'local'));
    else if (number === FIN_WAIT_2 && bytes[offset + AT.timer] === TIMER_TIMEWAIT) this.finWait2Minisockets++;
  }
}

/** Both carry a negative error number; at the end of a dump that went well it is 0. */
function endOf(view: DataView, offset: number, length: number, type: number): DumpProgress {
  const errno = length < AT.errno + 4 ? undefined : -view.getInt32(offset + AT.errno, LITTLE_ENDIAN);
  if (type === NLMSG_DONE && (errno === undefined || errno <= 0)) return { kind: 'done' };
  return errno === undefined ? spoiled('an error without a number') : { kind: 'refused', errno };
}

function cookieNumber(view: DataView, offset: number): number {
  return (
    view.getUint32(offset + AT.cookieHigh, LITTLE_ENDIAN) * 0x1_0000_0000 +
    view.getUint32(offset + AT.cookieLow, LITTLE_ENDIAN)
  );
}

function spoiled(why: string): DumpProgress {
  return { kind: 'spoiled', why };
}
