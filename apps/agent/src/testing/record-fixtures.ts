import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiagChannel } from '../sockets/libc.ts';
import { STATES_ASKED, dumpRequest } from '../sockets/diag-requests.ts';

/**
 * A program for whoever renews the fixtures: writes down what this kernel answers, in the network namespace it is
 * started in, to the folder it is given. fixtures/README.md says how it is used.
 */
const SEQUENCE = 1;
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder to write to');

mkdirSync(join(folder, 'proc/net'), { recursive: true });
for (const name of ['tcp', 'tcp6', 'sockstat']) {
  writeFileSync(join(folder, 'proc/net', name), readFileSync(join('/proc/net', name)));
}

// A small buffer makes the kernel answer in many pieces, as a busy host does.
const buffer = new Uint8Array(4_096);
const channel = new DiagChannel();
channel.send(dumpRequest(SEQUENCE, STATES_ASKED));
const pieces: Buffer[] = [];
for (let done = false; !done;) {
  const length = channel.receive(buffer);
  const piece = Buffer.from(buffer.subarray(0, length));
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(length);
  pieces.push(prefix, piece);
  done = piece.readUInt16LE(4) === 3;
}
channel.close();
writeFileSync(join(folder, 'netlink-dump.bin'), Buffer.concat(pieces));
