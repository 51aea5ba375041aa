import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Listens and returns the port, which for `port` 0 the kernel has picked. Rejects when the port is taken. */
export async function listenOn(server: Server, host: string, port: number): Promise<number> {
  // At the highest rate a tick brings 100 connections at once; the default backlog of 511 would do, but barely.
  server.listen({ host, port, backlog: 4_096 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
