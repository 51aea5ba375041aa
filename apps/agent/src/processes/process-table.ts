import { type Owner } from '@closewatch/protocol';
import { opendirSync, readdirSync, readlinkSync, statSync, type Dir } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isForbidden } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { describeProcess, readStat, startOf, type ProcessDescription } from './process-description.ts';

/** A process that holds a tracked socket. */
export interface KnownProcess {
  readonly startTicks: number;
  readonly description: ProcessDescription;
  /** Descriptors that were followed to tracked sockets: descriptor → inode. */
  readonly descriptors: Map<number, number>;
}

const ENTRIES_AT_ONCE = 512;
/** Of `socket:[12345]`, which is followed by the thousand: no pattern, no joining of paths. */
const SOCKET_LINK = 'socket:[';

/** The processes of this host and what their descriptors lead to, and a memory of those that hold tracked sockets. */
export class ProcessTable {
  readonly #procRoot: string;
  readonly #bootedAtMs: number;
  readonly #known = new Map<number, KnownProcess>();

  /** `procRoot` is usually /proc; `bootedAtMs` dates the kernel's start since 1970. */
  constructor(procRoot: string, bootedAtMs: number) {
    this.#procRoot = procRoot;
    this.#bootedAtMs = bootedAtMs;
  }

  pids(): number[] {
    return readdirSync(this.#procRoot)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  }

  /**
   * Those most likely to hold what is new first: who holds tracked sockets already, then who has most descriptors (their
   * number costs no look into them from Linux 6.2 on).
   */
  inOrderOfSearch(pids: readonly number[]): number[] {
    const weight = (pid: number): number =>
      this.#known.has(pid) ? Number.POSITIVE_INFINITY : this.descriptorCountOf(pid);
    return pids
      .map((pid) => ({ pid, weight: weight(pid) }))
      .sort((a, b) => (a.weight === b.weight ? 0 : b.weight > a.weight ? 1 : -1))
      .map(({ pid }) => pid);
  }

  /** Undefined when the process is gone. */
  uidOf(pid: number): number | undefined {
    try {
      return statSync(join(this.#procRoot, String(pid))).uid;
    } catch {
      return undefined;
    }
  }

  /**
   * None when the process is gone; `hidden` when it would not let itself be searched. In pieces between which others
   * have their turn: the kernel makes an entry for each descriptor that is listed.
   */
  async listDescriptors(pid: number, pacer: Pacer): Promise<readonly number[] | 'hidden'> {
    const descriptors: number[] = [];
    let folder: Dir | undefined;
    try {
      folder = opendirSync(join(this.#procRoot, String(pid), 'fd'), { bufferSize: ENTRIES_AT_ONCE });
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        descriptors.push(Number(entry.name));
        if (pacer.due()) await pacer.rest();
      }
    } catch (error) {
      if (!isGone(error)) return 'hidden';
      // It has exited meanwhile: what was read is as good as nothing, and harmless.
    } finally {
      folder?.closeSync();
    }
    return descriptors;
  }

  /** How many descriptors it has, from Linux 6.2 on; 0 before, and when it is gone. */
  descriptorCountOf(pid: number): number {
    try {
      return statSync(join(this.#procRoot, String(pid), 'fd')).size;
    } catch {
      return 0;
    }
  }

  /** The inode of the socket a descriptor leads to; undefined when it leads elsewhere, or nowhere any more. */
  socketBehind(pid: number, descriptor: string): number | 'hidden' | undefined {
    const link = this.linkOf(pid, descriptor);
    return link === undefined || link === 'hidden' ? link : socketIn(link);
  }

  /** What a descriptor leads to, as proc_pid_fd(5) says it; undefined when it is closed, `hidden` when that is not ours to see (a link never is). */
  linkOf(pid: number, descriptor: string): string | undefined {
    try {
      return readlinkSync(`${this.#procRoot}/${pid}/fd/${descriptor}`);
    } catch (error) {
      return isForbidden(error) ? 'hidden' : undefined;
    }
  }

  /** What is remembered of a process, unless another has taken its pid meanwhile. */
  remembered(pid: number): KnownProcess | undefined {
    const known = this.#known.get(pid);
    if (known === undefined || readStat(this.#procRoot, pid)?.startTicks === known.startTicks) return known;
    this.#known.delete(pid);
    return undefined;
  }

  /** Gets to know a process; undefined when it is gone. */
  meet(pid: number): KnownProcess | undefined {
    const stat = readStat(this.#procRoot, pid);
    if (stat === undefined) return undefined;
    const description = describeProcess(this.#procRoot, pid, stat, this.#bootedAtMs);
    const known = { startTicks: stat.startTicks, description, descriptors: new Map<number, number>() };
    this.#known.set(pid, known);
    return known;
  }

  /** When the processes of these pids began, ISO 8601; who is gone is not in it. Those that exited are forgotten. */
  async startsOf(pids: Iterable<number>): Promise<Map<number, string>> {
    const starts = new Map<number, string>();
    const pacer = new Pacer();
    for (const pid of pids) {
      if (pacer.due()) await pacer.rest();
      const stat = readStat(this.#procRoot, pid);
      if (stat?.startTicks !== this.#known.get(pid)?.startTicks) this.#known.delete(pid);
      if (stat !== undefined) starts.set(pid, startOf(stat, this.#bootedAtMs));
    }
    return starts;
  }

  /** Forgets that these hold the socket, and processes of which nothing else is remembered. */
  release(inode: number, owners: readonly Owner[]): void {
    for (const { pid, descriptor } of owners) {
      const known = this.#known.get(pid);
      if (descriptor !== null && known?.descriptors.get(descriptor) === inode) known.descriptors.delete(descriptor);
      if (known?.descriptors.size === 0) this.#known.delete(pid);
    }
  }
}

/** The inode in the link of a descriptor; undefined when it is no socket's. */
export function socketIn(link: string): number | undefined {
  if (!link.startsWith(SOCKET_LINK)) return undefined;
  const inode = Number(link.slice(SOCKET_LINK.length, -1));
  return Number.isSafeInteger(inode) ? inode : undefined;
}

/** For want of a descriptor (EMFILE, ENFILE) or a right nobody can say that a process holds nothing. */
function isGone(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR';
}
