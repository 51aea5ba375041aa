/**
 * The other end of every connection, in a process of its own, so that the pid at the leaking end is unmistakable.
 * Started by peer.ts with its orders as JSON; ends when its standard input does, that is when the lab dies.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Conduct, OpenOrder, PeerOrders, PeerReport } from './conduct.ts';
import { sourcePorts } from './source-ports.ts';

/** What the peer says before it leaves; with its FIN it stands as length + 1 in the Recv-Q of a server that never reads. */
const WORDS = 'GET / HTTP/1.0\r\n\r\n';

/** Less than a receive buffer holds, so that its end comes with it. */
const UPLOAD = 'x'.repeat(40_000);

const orders = JSON.parse(process.argv[2] ?? '') as PeerOrders;
const sources = sourcePorts(orders.host, orders.count);

const end = (): never => process.exit(0);
process.stdout.on('error', end);
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { open } = JSON.parse(line) as OpenOrder;
    for (let index = 0; index < open; index++) visit(orders.conduct);
  })
  .on('close', end);

/** Those that wait for the others. */
const together: Socket[] = [];

function visit(conduct: Conduct): void {
  const { host, port } = orders;
  const socket = connect({ host, port, ...sources.next().value });
  let failure: string | null = null;
  let reported = false;
  const report = (): void => {
    if (reported) return;
    reported = true;
    process.stdout.write(JSON.stringify({ failure } satisfies PeerReport) + '\n');
  };
  socket.on('error', (error) => (failure = error.message));
  socket.on('close', report);
  // Without a reader the end of stream would never be noticed.
  if (conduct !== 'deaf') socket.resume();
  socket.on('connect', () => {
    if (conduct === 'leave') socket.end(WORDS, () => socket.destroy());
    if (conduct === 'upload') socket.end(UPLOAD, () => socket.destroy());
    if (conduct === 'together' && together.push(socket) === orders.count) {
      for (const one of together.splice(0)) one.end(WORDS, () => one.destroy());
    }
    if (conduct === 'half-close' || conduct === 'deaf') socket.end(WORDS, report);
    if (conduct === 'close-first') socket.end();
  });
}
