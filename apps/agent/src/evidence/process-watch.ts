import { type Process, type ProcessEvidence } from '@closewatch/protocol';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Pacer } from '../pacer.ts';
import { startOf } from '../processes/process-description.ts';
import { CpuRates, sumOf, type CpuRate } from './cpu-rates.ts';
import { DescriptorUse } from './descriptor-use.ts';
import { waitsForEvents } from './event-wait.ts';
import { type Holder } from './holders.ts';
import { readText } from './proc-text.ts';
import { MS_PER_TICK, taskStatIn, type TaskStat } from '../processes/task-stat.ts';
import { ThreadChoice } from './thread-choice.ts';
import { HIDDEN_WAITS, REFUSED_WAITS, lookAtThread, type ThreadLook, type ThreadReading } from './thread-look.ts';
import { type QuotaPath, type ThrottlingMeters } from './throttling.ts';
import { waitsOf } from './waits.ts';

export interface WatchTools extends ThreadReading {
  /** Usually /proc. */
  readonly procRoot: string;
  /** Milliseconds since 1970 at which the kernel started. */
  readonly bootedAtMs: number;
  readonly meters: ThrottlingMeters;
}

/** What a look finds, of which the holder's numbers are no part. */
type Found = Omit<ProcessEvidence, 'process' | 'closeWait' | 'unread' | 'orphaned'>;

/** The user and the quotas of a process seldom change. */
const FACTS_HOLD_MS = 60_000;
const LISTING_HOLDS_MS = 30_000;
export const NO_SCHEDULE = 'run time and run-queue wait: this kernel counts none (CONFIG_SCHED_INFO)';
/** The kernel rounds a process' time to ticks, at each end of a window. */
const ROUNDED_TICKS = 2;

/** Follows one process from look to look. */
export class ProcessWatch {
  readonly #process: Process;
  readonly #tools: WatchTools;
  readonly #folder: string;
  readonly #choice = new ThreadChoice();
  readonly #rates = new CpuRates();
  readonly #descriptors: DescriptorUse;
  /** Since when a thread that waits for events would have been seen. */
  #watchedFrom: number | undefined;
  #before: { readonly at: number; readonly cpuTicks: number } | undefined;
  #polledAt: number | undefined;
  #facts: { readonly at: number; readonly uid: number | null; readonly quotas: QuotaPath | undefined } | undefined;
  #listing: { readonly at: number; readonly tids: readonly number[] } | undefined;
  #found: Found | undefined;

  constructor(process: Process, tools: WatchTools) {
    this.#process = process;
    this.#tools = tools;
    this.#folder = join(tools.procRoot, String(process.pid));
    this.#descriptors = new DescriptorUse(this.#folder);
  }

  /** What the newest look found, with the holder's numbers of now; undefined before a look that found the process. */
  evidence({ process, closeWait, unread, orphaned }: Holder): ProcessEvidence | undefined {
    return this.#found && { process, closeWait, unread, orphaned, ...this.#found };
  }

  /** Looks at it, at no more than so many of its threads (4 or more); when it is gone there is no evidence. */
  async look(mostThreads: number, pacer: Pacer): Promise<void> {
    this.#found = await this.#lookNow(mostThreads, pacer);
  }

  async #lookNow(mostThreads: number, pacer: Pacer): Promise<Found | undefined> {
    const { now, bootedAtMs } = this.#tools;
    const at = now();
    const text = readText(join(this.#folder, 'stat'));
    const stat = typeof text === 'string' ? taskStatIn(text) : undefined;
    if (stat === undefined || startOf(stat, bootedAtMs) !== this.#process.startedAt) return undefined;
    const hidden = new Set<string>();
    const { looks, all } = await this.#lookAtThreads(mostThreads, stat, at, hidden, pacer);
    if (looks.length === 0) return undefined;
    const rates = this.#rates.next(looks, { startedAt: at, all });
    this.#choice.learn(looks, rates);
    this.#watchFor(looks, hidden, at);
    if (looks.every(({ schedule }) => schedule === undefined)) hidden.add(NO_SCHEDULE);
    const { uid, quotas } = this.#factsAt(at);
    const throttled = quotas && this.#tools.meters.rateOver(quotas);
    for (const missing of [quotas?.missing, throttled?.missing]) if (missing !== undefined) hidden.add(missing);
    const descriptors = await this.#descriptors.read(at, hidden, pacer);
    const before = this.#before;
    this.#before = { at, cpuTicks: stat.cpuTicks };
    return {
      uid,
      windowMs: before === undefined ? null : Math.max(1, Math.round(at - before.at)),
      threads: { total: Math.max(stat.threads, looks.length), looked: looks.length },
      waits: waitsOf(looks),
      polledAgoMs: this.#polledAt === undefined ? null : Math.round(at - this.#polledAt),
      watchedMs: Math.round(at - (this.#watchedFrom ?? at)),
      cpu: before === undefined ? null : this.#cpu(sumOf(rates), stat, before, at),
      throttling: throttled?.throttling ?? null,
      descriptors,
      missing: [...hidden],
    };
  }

  /** That none was seen says nothing while what they wait for is hidden, or some of them have not had their turn. */
  #watchFor(looks: readonly ThreadLook[], hidden: ReadonlySet<string>, at: number): void {
    if (looks.some(waitsForEvents)) this.#polledAt = at;
    const isBlind = hidden.has(HIDDEN_WAITS) || hidden.has(REFUSED_WAITS) || !this.#choice.hadAll;
    if (isBlind) this.#watchedFrom = undefined;
    else this.#watchedFrom ??= at;
  }

  /** A listing takes about a microsecond for each thread: one of many threads is used again while it is young. */
  #tidsOf(task: string, most: number, { threads }: TaskStat, at: number): readonly number[] {
    const last = this.#listing;
    if (last?.tids.length === threads && threads > most && at - last.at < LISTING_HOLDS_MS) return last.tids;
    this.#listing = { at, tids: idsIn(task) };
    return this.#listing.tids;
  }

  async #lookAtThreads(
    most: number,
    stat: TaskStat,
    at: number,
    hidden: Set<string>,
    pacer: Pacer,
  ): Promise<{ looks: ThreadLook[]; all: boolean }> {
    const task = join(this.#folder, 'task');
    const tids = this.#tidsOf(task, most, stat, at);
    const chosen = this.#choice.choose(tids, most);
    const looks: ThreadLook[] = [];
    for (const tid of chosen) {
      const look = lookAtThread(task, tid, this.#tools, hidden);
      if (look !== undefined) looks.push(look);
      if (pacer.due()) await pacer.rest();
    }
    return { looks, all: chosen.length === tids.length };
  }

  /**
   * The threads' own counters are exact, but those of threads that ended or were not looked at are not among them: the
   * process' time, in hundredths of a second, holds all.
   */
  #cpu(
    sum: CpuRate | null,
    { cpuTicks }: TaskStat,
    before: { at: number; cpuTicks: number },
    at: number,
  ): ProcessEvidence['cpu'] {
    if (sum === null || !(at > before.at)) return null;
    const leastMs = (cpuTicks - before.cpuTicks - ROUNDED_TICKS) * MS_PER_TICK;
    const runMsPerSecond = Math.max(sum.run, (leastMs * 1_000) / (at - before.at));
    return { runMsPerSecond: rounded(runMsPerSecond), runQueueWaitMsPerSecond: rounded(sum.wait) };
  }

  #factsAt(at: number): { uid: number | null; quotas: QuotaPath | undefined } {
    if (this.#facts === undefined || at - this.#facts.at >= FACTS_HOLD_MS) {
      const status = readText(join(this.#folder, 'status'));
      const uid = typeof status === 'string' ? effectiveUidIn(status) : null;
      this.#facts = { at, uid, quotas: this.#tools.meters.pathOf(this.#process.pid) };
    }
    return this.#facts;
  }
}

/** Field `Uid` of /proc/PID/status: real, effective, saved and file system user; null when the text has none. */
export function effectiveUidIn(status: string): number | null {
  const uid = /^Uid:\s+\d+\s+(\d{1,10})\s/m.exec(status)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** Ids in a folder of /proc, in the kernel's order; none when it is gone. */
function idsIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isSafeInteger);
  } catch {
    return [];
  }
}

function rounded(rate: number): number {
  return Math.round(rate * 1_000) / 1_000;
}
