import { AT, HEADER_BYTES, LITTLE_ENDIAN, RECORD_BYTES, SOCK_DIAG_BY_FAMILY, aligned, viewOf } from './diag-format.ts';
import { type SocketAges } from './socket-table.ts';

/** Attribute INET_DIAG_INFO: struct tcp_info, include/uapi/linux/tcp.h. */
const INET_DIAG_INFO = 2;
const LAST_DATA_RECEIVED_AT = 52;
const LAST_ACK_RECEIVED_AT = 56;
const ATTRIBUTE_HEADER_BYTES = 4;

/** The ages in the kernel's answer about one socket; undefined when it answers anything else (the socket is gone). */
export function socketAgesIn(bytes: Uint8Array, sequence: number): SocketAges | undefined {
  if (bytes.length < RECORD_BYTES) return undefined;
  const view = viewOf(bytes);
  const length = view.getUint32(AT.length, LITTLE_ENDIAN);
  if (view.getUint16(AT.type, LITTLE_ENDIAN) !== SOCK_DIAG_BY_FAMILY || length > bytes.length) return undefined;
  if (view.getUint32(AT.sequence, LITTLE_ENDIAN) !== sequence || length < HEADER_BYTES) return undefined;
  for (let at = RECORD_BYTES; at + ATTRIBUTE_HEADER_BYTES <= length;) {
    const attributeLength = view.getUint16(at, LITTLE_ENDIAN);
    if (attributeLength < ATTRIBUTE_HEADER_BYTES || at + attributeLength > length) return undefined;
    const info = at + ATTRIBUTE_HEADER_BYTES;
    if (view.getUint16(at + 2, LITTLE_ENDIAN) === INET_DIAG_INFO) {
      if (attributeLength < ATTRIBUTE_HEADER_BYTES + LAST_ACK_RECEIVED_AT + 4) return undefined;
      return {
        lastDataReceivedMs: view.getUint32(info + LAST_DATA_RECEIVED_AT, LITTLE_ENDIAN),
        lastAckReceivedMs: view.getUint32(info + LAST_ACK_RECEIVED_AT, LITTLE_ENDIAN),
      };
    }
    at += aligned(attributeLength);
  }
  return undefined;
}
