import * as raw from './raw-sockets.ts';

/**
 * A program for tests: holds CLOSE_WAIT sockets on loopback and prints `port N`. Words on standard input, a line each:
 * `close` closes them, `orphan` makes them leave every table with their descriptors open; its end ends the program.
 */
const many = Number(process.argv[2] ?? 1);
const listener = raw.listenOn('ipv4', 10);
const pairs = Array.from({ length: many }, () => raw.connectedPair('ipv4', listener));
for (const { client } of pairs) raw.shutdownWriting(client);
process.stdout.write(`port ${listener.port}\n`);

process.stdin.on('data', (piece: Buffer) => {
  for (const word of piece.toString().trim().split('\n')) {
    for (const pair of pairs) obey(word, pair);
    process.stdout.write(`done ${word}\n`);
  }
});

function obey(word: string, { client, server }: raw.Pair): void {
  if (word === 'close') raw.close(server);
  if (word === 'orphan') {
    // A reset from the peer (close with linger 0) takes the socket out of the tables; the descriptor stays.
    raw.resetOnClose(client);
    raw.close(client);
  }
}
