import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Source } from '@closewatch/protocol';
import { messageOf } from '../errors.ts';
import { type IsEphemeral } from '../host/ephemeral-ports.ts';
import { ProcfsSource } from '../sockets/procfs.ts';
import { type ProcView } from '../sockets/namespace-view.ts';
import { type SocketSource } from '../sockets/socket-table.ts';
import { type FoundNamespace } from './namespace-finder.ts';
import { type SetnsDoors } from './setns-doors.ts';

/** A namespace that is kept open: what is read through it is that namespace's, whoever lives or dies. */
export interface NamespaceDoor {
  readonly source: SocketSource;
  /** By the namespace's own settings; where they cannot be read no port is. */
  readonly isEphemeral: IsEphemeral;
  /** See {@link namespaceCookie}; null where it is not to be had. */
  readonly cookie: string | null;
  /** What the way that was taken lacks, in words a person can act on. */
  readonly lacks: string | undefined;
  /** Lets go of every descriptor: a kept one keeps the namespace alive. */
  close(): void;
}

export interface DoorWays {
  /** Usually /proc. */
  readonly procRoot: string;
  /** The one source the agent may use; without it the better one that works. */
  readonly forced: Source | undefined;
  /** May use setns: root on the host, mostly. */
  readonly mayEnter: boolean;
}

/** Opens namespaces: by setns and netlink where that is allowed, else by the /proc/PID/net of a process in it. */
export class Doors {
  readonly #ways: DoorWays;
  #setns: Promise<SetnsDoors> | undefined;

  constructor(ways: DoorWays) {
    this.#ways = ways;
  }

  /** Throws when the namespace cannot be opened; the message says what to do. */
  async open(found: FoundNamespace): Promise<NamespaceDoor> {
    const { procRoot, forced, mayEnter } = this.#ways;
    if (forced === 'procfs' || !mayEnter) return openByProc(procRoot, found, undefined);
    try {
      // The FFI is loaded on demand, as for the agent's own namespace (sockets/choose-source.ts).
      this.#setns ??= import('./setns-doors.ts').then(({ SetnsDoors }) => new SetnsDoors(procRoot, forced));
      const setns = await this.#setns.catch((error: unknown) => {
        // What fails now, for want of a descriptor, may go well with the next one.
        this.#setns = undefined;
        throw error;
      });
      return setns.open(found);
    } catch (error) {
      return openByProc(procRoot, found, `${messageOf(error)}; reading /proc instead`);
    }
  }

  async close(): Promise<void> {
    (await this.#setns?.catch(() => undefined))?.close();
  }
}

/** By descriptors of the tables of one process; they stay bound to its namespace when it dies. */
function openByProc(procRoot: string, found: FoundNamespace, lacks: string | undefined): NamespaceDoor {
  let why = 'no process is in it, and without one it takes CAP_SYS_ADMIN';
  for (const pid of found.pids) {
    const folder = join(procRoot, String(pid), 'net');
    const tables = new KeptTables(folder);
    try {
      if (tables.inode === found.tableInode) {
        const source = new ProcfsSource(tables);
        return { source, isEphemeral: () => false, cookie: null, lacks, close: () => tables.letGo() };
      }
      why = 'its processes come and go';
    } catch (error) {
      why = messageOf(error);
    }
    tables.letGo();
  }
  throw new Error(`it cannot be read: ${why}`);
}

/** The files of one /proc/PID/net, each opened once and kept. */
class KeptTables implements ProcView {
  readonly #folder: string;
  readonly #descriptors = new Map<string, number>();
  #gone = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get inode(): number {
    return fstatSync(this.open('tcp')).ino;
  }

  open(file: string): number {
    if (this.#gone) throw new Error('the namespace was let go');
    let descriptor = this.#descriptors.get(file);
    if (descriptor === undefined) this.#descriptors.set(file, (descriptor = openSync(this.pathOf(file), 'r')));
    return descriptor;
  }

  close(): void {
    // Kept until the namespace is let go.
  }

  pathOf(file: string): string {
    return join(this.#folder, file);
  }

  letGo(): void {
    this.#gone = true;
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}
