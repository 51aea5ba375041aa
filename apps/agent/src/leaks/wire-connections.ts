import { type Connection } from '@closewatch/protocol';
import { Pacer } from '../pacer.ts';
import { type TrackedSocket } from './tracked-socket.ts';
import { mostBytes, wireConnection } from './wire-connection.ts';

/** {@link wireConnection} of many: ten thousand take 40 ms and more, so others have their turns in between. */
export async function wireConnections(
  told: readonly TrackedSocket[],
  instant: (monotonicMs: number) => string,
  seq: number,
): Promise<Connection[]> {
  const connections: Connection[] = [];
  const pacer = new Pacer();
  for (const tracked of told) {
    if (pacer.due()) await pacer.rest();
    connections.push(wireConnection(tracked, instant, seq));
  }
  return connections;
}

/**
 * Works out the ids of new sockets and the sizes of their owners, which are remembered, with rests in between: choosing
 * among ten thousand of them (connection-choice.ts) then takes 8 ms at a stretch, and 60 ms otherwise.
 */
export async function weighAhead(confirmed: readonly TrackedSocket[]): Promise<void> {
  const pacer = new Pacer();
  for (const tracked of confirmed) {
    if (pacer.due()) await pacer.rest();
    mostBytes(tracked);
  }
}
