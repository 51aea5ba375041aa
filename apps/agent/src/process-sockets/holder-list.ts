import { join } from 'node:path';
import { type Pacer } from '../pacer.ts';
import { describeProcess, readStat } from '../processes/process-description.ts';
import { Holder } from './holder.ts';

/** The processes that hold sockets, each described once. */
export class HolderList {
  readonly #procRoot: string;
  readonly #bootedAtMs: number;
  readonly #byPid = new Map<number, Holder>();

  /** `procRoot` is usually /proc; `bootedAtMs` dates the kernel's start since 1970. */
  constructor(procRoot: string, bootedAtMs: number) {
    this.#procRoot = procRoot;
    this.#bootedAtMs = bootedAtMs;
  }

  all(): Iterable<Holder> {
    return this.#byPid.values();
  }

  known(pid: number): Holder | undefined {
    return this.#byPid.get(pid);
  }

  /** Gets to know a process, or finds it again; undefined when it is gone. */
  meet(pid: number): Holder | undefined {
    const known = this.#byPid.get(pid);
    if (known !== undefined) return known;
    const stat = readStat(this.#procRoot, pid);
    if (stat === undefined) return undefined;
    const process = describeProcess(this.#procRoot, pid, stat, this.#bootedAtMs);
    const holder = new Holder(process, stat.startTicks, join(this.#procRoot, String(pid)));
    this.#byPid.set(pid, holder);
    return holder;
  }

  /** Forgets those that are no longer what they were. */
  async dropExited(pacer: Pacer): Promise<void> {
    for (const [pid, holder] of this.#byPid) {
      if (pacer.due()) await pacer.rest();
      if (readStat(this.#procRoot, pid)?.startTicks === holder.startTicks) continue;
      holder.gone = true;
      this.#byPid.delete(pid);
    }
  }

  /** Forgets descriptors whose socket is gone, and processes that hold none any more. */
  async dropIdle(isThere: (inode: number) => boolean, pacer: Pacer): Promise<void> {
    for (const [pid, holder] of this.#byPid) {
      if (pacer.due()) await pacer.rest();
      for (const [descriptor, inode] of holder.descriptors) {
        if (!isThere(inode)) holder.descriptors.delete(descriptor);
      }
      if (holder.descriptors.size > 0) continue;
      holder.gone = true;
      this.#byPid.delete(pid);
    }
  }
}
