/**
 * A service with visitors, as a story needs one: `node checkout.mjs FOLDER`. While FOLDER/broken is there at its start it never
 * closes what its visitors have closed. It listens where it did before (FOLDER/port), so that a repair is a restart of the
 * same command.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setInterval } from 'node:timers';

const VISIT_EVERY_MS = 300;

const [folder] = process.argv.slice(2);
const portFile = join(folder, 'port');
const closes = !existsSync(join(folder, 'broken'));

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  if (closes) socket.on('end', () => socket.end());
  socket.resume();
});
server.listen(existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0, '127.0.0.1', () => {
  const { port } = server.address();
  writeFileSync(portFile, String(port));
  console.log(`listens on ${port}`);
  setInterval(() => visit(port), VISIT_EVERY_MS);
});

function visit(port) {
  const visitor = connect(port, '127.0.0.1', () => visitor.end());
  visitor.on('error', () => undefined);
  visitor.resume();
}
