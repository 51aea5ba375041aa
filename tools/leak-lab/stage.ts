import type { LeakingServer } from './servers/leaking-server.ts';
import type { LabOptions } from './options.ts';
import type { Conduct } from './peer/conduct.ts';
import { startPeer } from './peer/peer.ts';
import type { Exhibit } from './scenario.ts';

/** Puts a server on show: starts the peer that connects to it, as long as it lacks sockets and no faster than asked. */
export function stage(server: LeakingServer, conduct: Conduct, { host, count, rate }: LabOptions): Exhibit {
  const { port, onArrival } = server;
  const peer = startPeer(
    { host, port, count, conduct },
    { rate, lacking: () => server.lacking(peer.done()), ...(onArrival && { onDone: onArrival }) },
  );
  const broken = Promise.race([peer.broken, ...(server.broken ? [server.broken] : [])]);
  broken.catch(() => undefined);
  return {
    port,
    get pid() {
      return server.pid;
    },
    held: () => server.held(peer.done()),
    broken,
    async stop() {
      await peer.stop();
      await server.stop();
    },
  };
}
