import { AT, HEADER_BYTES, LITTLE_ENDIAN, RECORD_BYTES, SOCK_DIAG_BY_FAMILY, aligned, viewOf } from './diag-format.ts';
import { type SocketInfo } from './socket-table.ts';

/** Attribute INET_DIAG_INFO: struct tcp_info, include/uapi/linux/tcp.h. Older kernels end it earlier. */
const INET_DIAG_INFO = 2;
const LAST_DATA_SENT_AT = 44;
const LAST_DATA_RECEIVED_AT = 52;
const LAST_ACK_RECEIVED_AT = 56;
const BYTES_ACKED_AT = 120;
const DATA_SEGMENTS_SENT_AT = 156;
const ATTRIBUTE_HEADER_BYTES = 4;

/** What the kernel answers about one socket; undefined when it answers anything else (the socket is gone). */
export function socketInfoIn(bytes: Uint8Array, sequence: number): SocketInfo | undefined {
  if (bytes.length < RECORD_BYTES) return undefined;
  const view = viewOf(bytes);
  const length = view.getUint32(AT.length, LITTLE_ENDIAN);
  if (view.getUint16(AT.type, LITTLE_ENDIAN) !== SOCK_DIAG_BY_FAMILY || length > bytes.length) return undefined;
  if (view.getUint32(AT.sequence, LITTLE_ENDIAN) !== sequence || length < HEADER_BYTES) return undefined;
  return tcpInfoAt(view, 0);
}

/** The tcp_info in the message that starts at `offset` and lies within `view`; undefined when it holds none. */
export function tcpInfoAt(view: DataView, offset: number): SocketInfo | undefined {
  const end = offset + view.getUint32(offset + AT.length, LITTLE_ENDIAN);
  for (let at = offset + RECORD_BYTES; at + ATTRIBUTE_HEADER_BYTES <= end;) {
    const length = view.getUint16(at, LITTLE_ENDIAN);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > end) return undefined;
    if (view.getUint16(at + 2, LITTLE_ENDIAN) === INET_DIAG_INFO) {
      return tcpInfoIn(view, at + ATTRIBUTE_HEADER_BYTES, length - ATTRIBUTE_HEADER_BYTES);
    }
    at += aligned(length);
  }
  return undefined;
}

function tcpInfoIn(view: DataView, at: number, length: number): SocketInfo | undefined {
  if (length < LAST_ACK_RECEIVED_AT + 4) return undefined;
  const number = (field: number): number => view.getUint32(at + field, LITTLE_ENDIAN);
  // The kernel starts that clock when the connection is made; whether data was ever sent, the segments tell (from 4.6).
  const everSent = length < DATA_SEGMENTS_SENT_AT + 4 || number(DATA_SEGMENTS_SENT_AT) > 0;
  return {
    lastDataReceivedMs: number(LAST_DATA_RECEIVED_AT),
    lastAckReceivedMs: number(LAST_ACK_RECEIVED_AT),
    lastDataSentMs: everSent ? number(LAST_DATA_SENT_AT) : null,
    bytesAcked: length < BYTES_ACKED_AT + 8 ? null : Number(view.getBigUint64(at + BYTES_ACKED_AT, LITTLE_ENDIAN)),
  };
}
