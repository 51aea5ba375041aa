import { ipv6FromBytes, type Endpoint } from '@closewatch/socket-states';
import { LITTLE_ENDIAN } from '../sockets/diag-format.ts';

/**
 * A five-tuple as ten numbers of 32 bits, so that hundreds of thousands of sockets make no object each. Addresses are
 * IPv6, IPv4 ones mapped, in the order of the bytes on the wire. The first nine words name a destination.
 */
export const TUPLE = { localAddress: 0, peerAddress: 4, peerPort: 8, localPort: 9 } as const;
export const TUPLE_WORDS = 10;
export const DESTINATION_WORDS = 9;

/** The third word of an IPv4-mapped address, bytes 00 00 ff ff; the first two are 0, the fourth is the IPv4 one. */
export const MAPPED = LITTLE_ENDIAN ? 0xffff_0000 | 0 : 0xffff;

export function localEndpointIn(tuple: Int32Array): Endpoint {
  return { address: addressIn(tuple, TUPLE.localAddress), port: tuple[TUPLE.localPort] ?? 0 };
}

export function peerEndpointIn(tuple: Int32Array): Endpoint {
  return { address: addressIn(tuple, TUPLE.peerAddress), port: tuple[TUPLE.peerPort] ?? 0 };
}

export function localAddressIn(tuple: Int32Array): string {
  return addressIn(tuple, TUPLE.localAddress);
}

/** Words in the machine's byte order are, in memory, the bytes as they were on the wire. */
function addressIn(words: Int32Array, at: number): string {
  return ipv6FromBytes(new Uint8Array(words.buffer, words.byteOffset + at * 4, 16));
}
