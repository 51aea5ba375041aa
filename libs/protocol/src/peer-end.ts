import * as z from 'zod';
import { Count, EndpointSchema, Instant, Uuid } from './primitives.ts';
import { SocketId } from './connection.ts';

/** State of the other end's socket; `gone`: that host has none of this connection any more. */
export const PEER_END_STATES = ['fin_wait_1', 'fin_wait_2', 'close_wait', 'gone', 'unknown'] as const;
export type PeerEndState = (typeof PEER_END_STATES)[number];

/**
 * What that rests on.
 * - `seen`: a socket there has the same addresses and ports, mirrored.
 * - `seen_translated`: one there has the port and our endpoint, behind an address that was translated.
 * - `not_there`: what that host told of its closing sockets is whole, newer than ours, and has none like it.
 * - `no_host`: no host that reports has the peer's address. `several_hosts`: more than one has, and none has the socket.
 * - `not_told`: the host tells nothing of its closing sockets. `too_old`: nothing since ours entered CLOSE_WAIT, or nothing lately.
 * - `too_many`: it has more of them than it lists. `translated`: addresses may be translated on the way, so that absence proves nothing.
 */
export const PEER_END_GROUNDS = [
  'seen',
  'seen_translated',
  'not_there',
  'no_host',
  'several_hosts',
  'not_told',
  'too_old',
  'too_many',
  'translated',
] as const;
export type PeerEndGround = (typeof PEER_END_GROUNDS)[number];

/** The other end of a connection, as the host that has the peer's address told it. */
export const PeerEndSchema = z.object({
  /** Null: not known which. */
  hostId: Uuid.nullable(),
  hostname: z.string().nullable(),
  netns: Count.nullable(),
  state: z.enum(PEER_END_STATES),
  ground: z.enum(PEER_END_GROUNDS),
  /** When that host told it. */
  asOf: Instant.nullable(),
});
export type PeerEnd = z.infer<typeof PeerEndSchema>;

/**
 * A tuple that outlived its other end: the peer's socket is gone, its port is free there, and the peer goes on connecting
 * to the same endpoint. A new connection that draws this port meets our old socket, and may time out where something on
 * the way drops the challenge ACK (RFC 5961 section 4) or the RST that answers it.
 */
export const OldTupleSchema = z.object({
  peer: EndpointSchema,
  local: EndpointSchema,
  /** Sockets that the peer has to this endpoint now, as it told them; null: told by ours alone. */
  stillUsed: Count.nullable(),
  asOf: Instant.nullable(),
});
export type OldTuple = z.infer<typeof OldTupleSchema>;

/** Both ends of some connections: incident evidence of kind `two_ends`. */
export const TwoEndsSchema = z.object({
  /** How many of those that were looked at are in each state at the other end. */
  states: z.record(z.enum(PEER_END_STATES), Count),
  items: z.array(z.object({ socketId: SocketId, local: EndpointSchema, peer: EndpointSchema, peerEnd: PeerEndSchema })),
  /** Of those the tuples that may block new connections. */
  oldTuples: z.array(OldTupleSchema),
});
export type TwoEnds = z.infer<typeof TwoEndsSchema>;
