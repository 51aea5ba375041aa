import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../fixtures/socket-zoo');

/** The recorded /proc: a root to hand to a source. */
export const ZOO_PROC_ROOT = join(folder, 'proc');

/** The sequence number of the recorded request. */
export const ZOO_SEQUENCE = 1;

/** The recorded buffers of a netlink dump, as they were received. */
export function zooBuffers(): Uint8Array[] {
  const file = readFileSync(join(folder, 'netlink-dump.bin'));
  const buffers: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = file.readUInt32LE(at);
    buffers.push(new Uint8Array(file.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return buffers;
}

/** netstat's lines of the same moment, sorted. */
export function zooNetstat(): string[] {
  return readFileSync(join(folder, 'netstat.txt'), 'utf8').trim().split('\n');
}

/** A recorded text about processes and control groups; fixtures/evidence/README.md says where each is from. */
export function evidenceFixture(name: string): string {
  return readFileSync(resolve(import.meta.dirname, '../fixtures/evidence', name), 'utf8');
}
