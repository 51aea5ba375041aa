import { ipv4FromBytes, ipv6FromBytes, type Endpoint } from '@closewatch/socket-states';
import { endianness } from 'node:os';

/**
 * Where things stand in netlink's messages about sockets: include/uapi/linux/netlink.h (struct nlmsghdr, 16 bytes)
 * followed by include/uapi/linux/inet_diag.h (struct inet_diag_msg, 72 bytes). Numbers are in the byte order of the
 * machine, ports and addresses in network order.
 */
export const LITTLE_ENDIAN = endianness() === 'LE';

export const HEADER_BYTES = 16;
export const DIAG_BYTES = 72;
/** Header and socket: what is kept of a CLOSE_WAIT socket. */
export const RECORD_BYTES = HEADER_BYTES + DIAG_BYTES;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
/** The legacy request. Its answer covers IPv4 and IPv6 in one walk of the hash table; the newer type 20 needs two. */
export const TCPDIAG_GETSOCK = 18;
/** The newer request, here for one socket by its identity. */
export const SOCK_DIAG_BY_FAMILY = 20;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;

/** Offsets from the start of the netlink header. */
export const AT = {
  length: 0,
  type: 4,
  flags: 6,
  sequence: 8,
  errno: 16,
  family: 16,
  state: 17,
  timer: 18,
  retransmits: 19,
  /** struct inet_diag_sockid, 48 bytes: ports, addresses, interface, cookie. */
  identity: 20,
  localPort: 20,
  peerPort: 22,
  localAddress: 24,
  peerAddress: 40,
  cookieLow: 60,
  cookieHigh: 64,
  expires: 68,
  recvQueue: 72,
  sendQueue: 76,
  uid: 80,
  inode: 84,
} as const;

export const IDENTITY_BYTES = 48;
export const AF_INET6 = 10;

/** Netlink pads every message and attribute to four bytes. */
export function aligned(length: number): number {
  return (length + 3) & ~3;
}

/** A view for reading the numbers of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The local or peer endpoint of the message that starts at `offset`; IPv4-mapped addresses come out as IPv4. */
export function endpointAt(bytes: Uint8Array, offset: number, end: 'local' | 'peer'): Endpoint {
  const portAt = offset + (end === 'local' ? AT.localPort : AT.peerPort);
  const addressAt = offset + (end === 'local' ? AT.localAddress : AT.peerAddress);
  const port = ((bytes[portAt] ?? 0) << 8) | (bytes[portAt + 1] ?? 0);
  const address =
    bytes[offset + AT.family] === AF_INET6
      ? ipv6FromBytes(bytes.subarray(addressAt, addressAt + 16))
      : ipv4FromBytes(bytes.subarray(addressAt, addressAt + 4));
  return { address, port };
}
