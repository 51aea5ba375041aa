import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * A program for the benchmark: a server that takes every snapshot and forgets it. Says `listening PORT`, and after each
 * push a line `TAKEN CLOSE_WAIT CONNECTIONS`: snapshots so far, what the newest counted, how many it listed.
 */
interface PushedSnapshot {
  readonly netns: number;
  readonly counts: { readonly close_wait: number | null };
  readonly connections: readonly unknown[];
}

let taken = 0;
const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const { snapshots } = JSON.parse(gunzipSync(Buffer.concat(pieces)).toString('utf8')) as {
      snapshots: PushedSnapshot[];
    };
    const serverTime = new Date().toISOString();
    const answer = { accepted: snapshots.length, duplicate: 0, rejected: [], serverTime, resync: false };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    for (const { netns, counts, connections } of snapshots) {
      if (netns === 0) process.stdout.write(`${++taken} ${counts.close_wait} ${connections.length}\n`);
    }
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening ${typeof address === 'object' ? address?.port : address}\n`);
});
process.on('SIGTERM', () => process.exit(0));
