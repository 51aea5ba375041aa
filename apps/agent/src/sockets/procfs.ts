import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, messageOf } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { ProcDump } from './proc-dump.ts';
import { TABLES, type ProcTable } from './proc-tcp-line.ts';
import { type SocketSource, type SocketTable } from './socket-table.ts';

const BUFFER_BYTES = 64 * 1024;

/**
 * The sockets of the agent's network namespace from /proc/net/tcp and tcp6, where netlink is not to be had. It has no
 * cookies and no ages, and costs many times the CPU. `procRoot` is usually /proc.
 */
export class ProcfsSource implements SocketSource {
  readonly name = 'procfs';
  readonly #procRoot: string;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);

  constructor(procRoot: string) {
    this.#procRoot = procRoot;
  }

  async read(): Promise<SocketTable> {
    const dump = new ProcDump();
    const missing: string[] = [];
    try {
      await this.#stream(TABLES.tcp, dump);
    } catch (error) {
      throw new Error(`procfs: ${join(this.#procRoot, 'net/tcp')} cannot be read: ${messageOf(error)}`, {
        cause: error,
      });
    }
    try {
      await this.#stream(TABLES.tcp6, dump);
    } catch (error) {
      // Without IPv6 there is no such file, and nothing is missing.
      if (errorCode(error) !== 'ENOENT') missing.push(`IPv6: /proc/net/tcp6 cannot be read: ${messageOf(error)}`);
    }
    if (dump.garbage > 0) missing.push(`procfs: ${dump.garbage} lines of /proc/net/tcp{,6} were not understood`);
    return { source: this.name, counts: dump.tally, listeners: dump.listeners, closeWait: dump.closeWait, missing };
  }

  ages(): undefined {
    return undefined;
  }

  close(): void {
    // Nothing stays open between two looks.
  }

  async #stream(table: ProcTable, dump: ProcDump): Promise<void> {
    const descriptor = openSync(join(this.#procRoot, 'net', table.file), 'r');
    try {
      dump.begin(table);
      const pacer = new Pacer();
      for (;;) {
        const length = readSync(descriptor, this.#buffer);
        if (length === 0) break;
        dump.add(this.#buffer.subarray(0, length));
        if (pacer.due()) await pacer.rest();
      }
      dump.end();
    } finally {
      closeSync(descriptor);
    }
  }
}
