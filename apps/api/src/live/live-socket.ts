import { type ClientEventMap, type ServerEventMap } from '@closewatch/protocol';
import { type Namespace, type Socket } from 'socket.io';
import { type Person } from '../accounts/sessions.service.ts';

/** No events between servers yet. */
type InterServerEventMap = Record<string, never>;

export interface SocketData {
  /** Who opened it; set at the handshake, or there is no socket. */
  principal: Person;
}

export type LiveSocket = Socket<ClientEventMap, ServerEventMap, InterServerEventMap, SocketData>;
export type LiveNamespace = Namespace<ClientEventMap, ServerEventMap, InterServerEventMap, SocketData>;

/** Messages that may wait for a slow client. Past that it misses some, sees so by the cursors, and watches again. */
const WAITING_MESSAGES = 16;

/**
 * Sends, unless the client is too slow: never an unbounded buffer. socket.io's own `volatile` would also drop the second
 * of two messages that are sent in the same turn, because the first is still on its way.
 */
export function sendBounded<Event extends keyof ServerEventMap>(
  socket: LiveSocket,
  event: Event,
  ...message: Parameters<ServerEventMap[Event]>
): void {
  if (hasRoom(socket)) socket.emit(event, ...message);
}

/** Whether a message would be sent. */
export function hasRoom(socket: LiveSocket): boolean {
  return waitingMessages(socket) < WAITING_MESSAGES;
}

/** Packets that the transport has not taken yet: engine.io's `writeBuffer`, which its types keep private. */
function waitingMessages({ conn }: LiveSocket): number {
  const waiting: unknown = Reflect.get(conn, 'writeBuffer');
  return Array.isArray(waiting) ? waiting.length : 0;
}
