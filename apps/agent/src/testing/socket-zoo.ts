import * as raw from './raw-sockets.ts';

/**
 * A program for tests: puts sockets in every state that can be held, says `ready` and holds them until its standard
 * input ends. Brings up loopback first, so it is meant for a network namespace of its own.
 */
const FAMILIES = ['ipv4', 'ipv6', 'dual'] as const;

raw.bringLoopbackUp();
for (const [index, family] of FAMILIES.entries()) fill(family, index + 1);
process.stdout.write('ready\n');
process.stdin.resume();

/** `many`: another number in each family, so that a mix-up shows in the sums. */
function fill(family: raw.Family, many: number): void {
  raw.bindOnly(family); // netstat does not show it, and neither may we
  const listener = raw.listenOn(family, 100);
  const pair = (): raw.Pair => raw.connectedPair(family, listener);
  repeat(many, pair); // ESTABLISHED on both ends
  // Half-closed by a peer that lives: FIN_WAIT2 and CLOSE_WAIT, with and without unread bytes.
  repeat(many + 1, () => raw.shutdownWriting(pair().client));
  repeat(many, () => {
    const { client } = pair();
    raw.sendText(client, 'unread');
    raw.shutdownWriting(client);
  });
  // Closed by a peer that is gone: the orphan becomes a FIN_WAIT2 minisocket, which sockstat counts as TIME_WAIT.
  repeat(many + 2, () => raw.close(pair().client));
  // Closed by both: TIME_WAIT.
  repeat(many + 3, () => {
    const { client, server } = pair();
    raw.close(client);
    raw.close(server);
  });
  // A FIN behind data that nobody reads: FIN_WAIT1; with the peer's FIN as well: CLOSING; the peer's first: LAST_ACK.
  repeat(many, () => {
    const { client } = pair();
    raw.fillBuffers(client);
    raw.shutdownWriting(client);
  });
  repeat(many, () => {
    const { client, server } = pair();
    raw.fillBuffers(client);
    raw.shutdownWriting(client);
    raw.shutdownWriting(server);
  });
  repeat(many, () => {
    const { client, server } = pair();
    raw.fillBuffers(client);
    raw.shutdownWriting(server);
    raw.shutdownWriting(client);
  });
  // A listener that hesitates leaves its side in SYN_RECV.
  const hesitant = raw.listenOn(family, 100, 60);
  repeat(many, () => raw.connectTo(family, hesitant.port));
  // A backlog of none takes one; the rest stay in SYN_SENT. The one it took hangs up: CLOSE_WAIT, not accepted.
  const full = raw.listenOn(family, 0);
  const taken = raw.connectTo(family, full.port);
  repeat(many, () => raw.connectTo(family, full.port, false));
  raw.shutdownWriting(taken);
}

function repeat(times: number, make: () => unknown): void {
  for (let i = 0; i < times; i++) make();
}
