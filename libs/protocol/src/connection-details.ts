import * as z from 'zod';
import { ConnectionItemSchema } from './connection.ts';
import { LeakGroupSchema } from './leak-group.ts';
import { OldTupleSchema, PeerEndSchema } from './peer-end.ts';
import { Count, Uuid } from './primitives.ts';

/** Programs whose output tells more of a socket, on its host. */
export const SOCKET_COMMANDS = ['ss', 'lsof'] as const;
export type SocketCommand = (typeof SOCKET_COMMANDS)[number];

/** `GET /api/v1/hosts/:id/connections/:socketId`: one connection, open or ended, and what is known around it. */
export const ConnectionDetailsSchema = z.object({
  host: z.object({ id: Uuid, hostname: z.string() }),
  netns: Count,
  /** Its age and its verdict are those of now; of one that has ended, of its end. */
  connection: ConnectionItemSchema,
  /** Of an open one; null of one that has ended. */
  peerEnd: PeerEndSchema.nullable(),
  oldTuple: OldTupleSchema.nullable(),
  /** The leak that it is a part of; null: of none. */
  leak: LeakGroupSchema.nullable(),
  /** To be run on the host, as root where other users' sockets are to be seen. */
  commands: z.array(z.object({ program: z.enum(SOCKET_COMMANDS), command: z.string() })),
});
export type ConnectionDetails = z.infer<typeof ConnectionDetailsSchema>;
