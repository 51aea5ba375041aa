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
  viewOf,
} from './diag-format.ts';

/** What a buffer said about the dump it belongs to. Only `done` makes its numbers count. */
export type DumpProgress =
  | { readonly kind: 'more' }
  | { readonly kind: 'done' }
  /** The table changed under the kernel's hands (NLM_F_DUMP_INTR), or the bytes make no sense: dump again. */
  | { readonly kind: 'spoiled'; readonly why: string }
  | { readonly kind: 'refused'; readonly errno: number };

const MORE: DumpProgress = { kind: 'more' };

/** Takes in the message of one socket, which starts at `offset` of `bytes`; `view` is of the same bytes. */
export type SocketVisitor = (bytes: Uint8Array, view: DataView, offset: number) => void;

/**
 * Takes the kernel's answer to one dump request apart, buffer by buffer. A socket that the kernel repeats is visited
 * once: the kernel goes on by position in a hash chain, so when a newcomer pushes that chain down, what it repeats
 * stands at the very start of the next buffer. Only that start is compared, with the cookies of the buffer before,
 * which keeps the cost a socket and the memory constant.
 */
export class DiagMessages {
  readonly sequence: number;
  readonly #visit: SocketVisitor;
  /** Of the buffer before, and room for those of the next. */
  #cookies = new Float64Array(0);
  #count = 0;
  #spare = new Float64Array(0);

  /** `sequence` is the request's; messages with another one are answers to somebody else and are skipped. */
  constructor(sequence: number, visit: SocketVisitor) {
    this.sequence = sequence;
    this.#visit = visit;
  }

  /** Takes in one received buffer of whole messages. Never throws, whatever the bytes. */
  add(bytes: Uint8Array): DumpProgress {
    const view = viewOf(bytes);
    const most = Math.ceil(bytes.length / RECORD_BYTES);
    const cookies = this.#spare.length < most ? new Float64Array(most) : this.#spare;
    let count = 0;
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
        atStart &&= this.#isRepeated(cookie);
        if (!atStart) this.#visit(bytes, view, offset);
        cookies[count++] = cookie;
      }
      offset += aligned(length);
    }
    this.#spare = this.#cookies;
    this.#cookies = cookies;
    this.#count = count;
    return MORE;
  }

  #isRepeated(cookie: number): boolean {
    const at = this.#cookies.indexOf(cookie);
    return at >= 0 && at < this.#count;
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
