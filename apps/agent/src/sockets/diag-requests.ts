import {
  AT,
  HEADER_BYTES,
  IDENTITY_BYTES,
  LITTLE_ENDIAN,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  SOCK_DIAG_BY_FAMILY,
  TCPDIAG_GETSOCK,
  viewOf,
} from './diag-format.ts';

const IPPROTO_TCP = 6;
/** Extension INET_DIAG_INFO (struct tcp_info) as a bit: 1 << (2 - 1). */
const WANT_TCP_INFO = 2;

const TIME_WAIT = 6;
const LAST_ASKED = 12;

/**
 * One bit a state, from ESTABLISHED (1) to NEW_SYN_RECV (12). Without TIME_WAIT, which may be hundreds of thousands and
 * is counted in /proc/net/sockstat; an orphaned FIN_WAIT2 minisocket goes by FIN_WAIT2 (5) and is in. Without bit 13
 * (bound, not connected), which netstat and /proc/net/tcp do not show either.
 */
export const STATES_ASKED = ((1 << (LAST_ASKED + 1)) - 2) & ~(1 << TIME_WAIT);

/** What to ask CLOSE_WAIT alone by. */
export const CLOSE_WAIT_ASKED = 1 << 8;

/**
 * All sockets of the namespace in `states`, with their tcp_info if that is wanted: struct inet_diag_req (60 bytes) of
 * the legacy request.
 */
export function dumpRequest(sequence: number, states: number, withInfo = false): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 60);
  const view = viewOf(bytes);
  writeHeader(view, TCPDIAG_GETSOCK, NLM_F_REQUEST | NLM_F_DUMP, sequence);
  bytes[HEADER_BYTES + 3] = withInfo ? WANT_TCP_INFO : 0;
  view.setUint32(HEADER_BYTES + 52, states, LITTLE_ENDIAN);
  return bytes;
}

/** One socket with its tcp_info, looked up by the identity in `record`: struct inet_diag_req_v2 (56 bytes). */
export function infoRequest(sequence: number, record: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 8 + IDENTITY_BYTES);
  const view = viewOf(bytes);
  writeHeader(view, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, sequence);
  bytes[HEADER_BYTES] = record[AT.family] ?? 0;
  bytes[HEADER_BYTES + 1] = IPPROTO_TCP;
  bytes[HEADER_BYTES + 2] = WANT_TCP_INFO;
  view.setUint32(HEADER_BYTES + 4, 0xffff_ffff, LITTLE_ENDIAN);
  bytes.set(record.subarray(AT.identity, AT.identity + IDENTITY_BYTES), HEADER_BYTES + 8);
  return bytes;
}

function writeHeader(view: DataView, type: number, flags: number, sequence: number): void {
  view.setUint32(AT.length, view.byteLength, LITTLE_ENDIAN);
  view.setUint16(AT.type, type, LITTLE_ENDIAN);
  view.setUint16(AT.flags, flags, LITTLE_ENDIAN);
  view.setUint32(AT.sequence, sequence, LITTLE_ENDIAN);
}
