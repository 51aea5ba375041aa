import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, messageOf } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { type ProcView } from './namespace-view.ts';
import { ProcDump } from './proc-dump.ts';
import { TABLES, isOfTcp6, type ProcTable } from './proc-tcp-line.ts';
import { type SocketRoll } from './socket-roll.ts';
import { type SocketSource, type SocketTable } from './socket-table.ts';

/** One for all sources: what is read is taken out before anything else runs. */
const BUFFER = new Uint8Array(64 * 1024);

/**
 * The sockets of a network namespace from its /proc/net/tcp and tcp6, where netlink is not to be had. It has no cookies
 * and no ages, and costs many times the CPU.
 */
export class ProcfsSource implements SocketSource {
  readonly name = 'procfs';
  readonly #view: ProcView;

  /** `from`: a view into a namespace, or the root of /proc (usually /proc) for the agent's own. */
  constructor(from: ProcView | string) {
    this.#view = typeof from === 'string' ? ownView(from) : from;
  }

  async read(roll?: SocketRoll): Promise<SocketTable> {
    roll?.clear();
    const dump = new ProcDump(roll);
    const missing: string[] = [];
    let isWhole = true;
    try {
      await this.#stream(TABLES.tcp, dump);
    } catch (error) {
      throw new Error(`procfs: ${this.#view.pathOf('tcp')} cannot be read: ${messageOf(error)}`, {
        cause: error,
      });
    }
    try {
      await this.#stream(TABLES.tcp6, dump);
    } catch (error) {
      // Without IPv6 there is no such file, and nothing is missing.
      isWhole = errorCode(error) === 'ENOENT';
      if (!isWhole) missing.push(`IPv6: ${this.#view.pathOf('tcp6')} cannot be read: ${messageOf(error)}`);
    }
    if (dump.garbage > 0) missing.push(`procfs: ${dump.garbage} lines of /proc/net/tcp{,6} were not understood`);
    return {
      source: this.name,
      counts: dump.tally,
      listeners: dump.listeners,
      closeWait: dump.closeWait,
      ...(isWhole ? {} : { mayBeThere: isOfTcp6 }),
      missing,
    };
  }

  ages(): undefined {
    return undefined;
  }

  close(): void {
    // Nothing stays open between two looks.
  }

  async #stream(table: ProcTable, dump: ProcDump): Promise<void> {
    const descriptor = this.#view.open(table.file);
    try {
      dump.begin(table);
      const pacer = new Pacer();
      for (let position = 0; ;) {
        const length = readSync(descriptor, BUFFER, 0, BUFFER.length, position);
        if (length === 0) break;
        position += length;
        dump.add(BUFFER.subarray(0, length));
        if (pacer.due()) await pacer.rest();
      }
      dump.end();
    } finally {
      this.#view.close(descriptor);
    }
  }
}

function ownView(procRoot: string): ProcView {
  const pathOf = (file: string): string => join(procRoot, 'net', file);
  return { open: (file) => openSync(pathOf(file), 'r'), close: closeSync, pathOf };
}
