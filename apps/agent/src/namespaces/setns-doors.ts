import { type Source } from '@closewatch/protocol';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { FallingBackSource } from '../sockets/falling-back-source.ts';
import { DiagChannel } from '../sockets/libc.ts';
import { type NetlinkView, type ProcView } from '../sockets/namespace-view.ts';
import { NetlinkSource } from '../sockets/netlink.ts';
import { ProcfsSource } from '../sockets/procfs.ts';
import { type NamespaceDoor } from './namespace-door.ts';
import { type FoundNamespace } from './namespace-finder.ts';
import { NamespaceGate, namespaceCookie } from './namespace-gate.ts';

/** Longer than /proc/net/sockstat ever is. */
const SOCKSTAT = Buffer.alloc(4_096);

/** Opens namespaces by going in for a moment; a netlink channel and sockstat that were opened inside stay bound to it. */
export class SetnsDoors {
  readonly #procRoot: string;
  readonly #forced: Source | undefined;
  readonly #gate: NamespaceGate;

  /** `procRoot` is usually /proc. Throws when the own namespace cannot be opened. */
  constructor(procRoot: string, forced: Source | undefined) {
    this.#procRoot = procRoot;
    this.#forced = forced;
    this.#gate = new NamespaceGate(procRoot);
  }

  /** Throws without CAP_SYS_ADMIN, and when nothing is left to open it by. */
  open(found: FoundNamespace): NamespaceDoor {
    const namespace = this.#descriptorOf(found);
    try {
      const net = join(this.#procRoot, 'thread-self/net');
      const { sockstat, isEphemeral, cookie } = this.#gate.inside(namespace, () => ({
        isEphemeral: readEphemeralPorts(this.#procRoot),
        cookie: namespaceCookie(),
        sockstat: openSync(join(net, 'sockstat'), 'r'),
      }));
      const view = new KeptNamespace(this.#gate, namespace, sockstat, net);
      const netlink = new NetlinkSource(view);
      const source =
        this.#forced === 'netlink' ? netlink : new FallingBackSource(netlink, new ProcfsSource(view.tables));
      const close = (): void => {
        source.close();
        view.letGo();
      };
      return { source, isEphemeral, cookie, lacks: undefined, close };
    } catch (error) {
      closeSync(namespace);
      throw error;
    }
  }

  close(): void {
    this.#gate.close();
  }

  #descriptorOf({ inode, pids, mount }: FoundNamespace): number {
    const ways = pids.map((pid) => join(this.#procRoot, String(pid), 'ns/net'));
    if (mount !== undefined) ways.push(mount.path);
    let why = 'its processes come and go';
    for (const path of ways) {
      let descriptor: number;
      try {
        descriptor = openSync(path, 'r');
      } catch (error) {
        why = messageOf(error);
        continue;
      }
      // The process may be somewhere else by now, or another one.
      if (fstatSync(descriptor).ino === inode) return descriptor;
      closeSync(descriptor);
    }
    throw new Error(`it cannot be entered: ${why}`);
  }
}

/** What is kept open of one namespace. */
class KeptNamespace implements NetlinkView {
  readonly #gate: NamespaceGate;
  readonly #namespace: number;
  readonly #sockstat: number;
  readonly #net: string;
  #gone = false;

  constructor(gate: NamespaceGate, namespace: number, sockstat: number, net: string) {
    this.#gate = gate;
    this.#namespace = namespace;
    this.#sockstat = sockstat;
    this.#net = net;
  }

  openChannel(): DiagChannel {
    return this.#inside(() => new DiagChannel());
  }

  readSockstat(): string {
    this.#refuseGone();
    return SOCKSTAT.toString('latin1', 0, readSync(this.#sockstat, SOCKSTAT, 0, SOCKSTAT.length, 0));
  }

  /** For a kernel that does not answer by netlink. */
  get tables(): ProcView {
    const pathOf = (file: string): string => join(this.#net, file);
    return { pathOf, open: (file) => this.#inside(() => openSync(pathOf(file), 'r')), close: closeSync };
  }

  letGo(): void {
    if (this.#gone) return;
    this.#gone = true;
    closeSync(this.#namespace);
    closeSync(this.#sockstat);
  }

  #inside<Result>(work: () => Result): Result {
    this.#refuseGone();
    return this.#gate.inside(this.#namespace, work);
  }

  /** The number of a closed descriptor may be somebody else's by now. */
  #refuseGone(): void {
    if (this.#gone) throw new Error('the namespace was let go');
  }
}
