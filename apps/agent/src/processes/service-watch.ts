import { type AgentEvent, type Owner, type Process } from '@closewatch/protocol';
import { type LeakTracker } from '../leaks/leak-tracker.ts';
import { Pacer } from '../pacer.ts';
import { type Addition, type Collector } from '../sampling/collector.ts';
import { readStat } from './process-description.ts';
import { ProcessTable } from './process-table.ts';
import { MS_PER_TICK } from './task-stat.ts';
import { isReplaced, meetProcess, takesPlaceOf, type ServiceProcess } from './watched-service.ts';

export interface ServiceWatchParts {
  /** Usually /proc. */
  readonly procRoot: string;
  /** Milliseconds since 1970 at which the kernel started. */
  readonly bootedAtMs: number;
  /** Writes an instant of the agent's time line (milliseconds since the host started) as ISO 8601. */
  readonly instant: (at: number) => string;
  /** Processes that hold sockets, and whether they listen. */
  readonly holders: () => Iterable<{ readonly process: Process; readonly listens: boolean }>;
}

interface Watched extends ServiceProcess {
  /** It listens or leaks: its restart is told even if it lived shortly. */
  isService: boolean;
  looks: number;
  aliveAt: number;
}

interface Gone extends ServiceProcess {
  readonly isService: boolean;
  /** When it was seen last, and since when it is missed. */
  readonly aliveAt: number;
  readonly missedAt: number;
}

type Restart = Extract<AgentEvent, { kind: 'service_restarted' }>;
/** What it needs of a look. */
export interface ServiceLook {
  readonly startedAt: number;
  readonly trackers: readonly Pick<LeakTracker, 'open'>[];
}

/** A watched process costs about 20 µs a turn: 256 of them 0.05 % of a CPU. */
const EVERY_MS = 10_000;
const MOST_WATCHED = 256;
const MOST_GONE = 128;
/** So long it is waited for somebody to take the place of one that is gone. */
const AWAITED_MS = 3_600_000;
/** Its successor may have been started while it still ran. */
const OVERLAP_MS = 60_000;
/** A program that is begun may first be a shell or a container's runtime. */
const SETTLED_MS = 15_000;
/** One that neither listens nor leaks is a service when it was seen so often. */
const LOOKS_OF_A_SERVICE = 6;
const MOST_RESTARTS = 20;

/**
 * Notices that a service was started anew: all processes that ran a program are gone, and another one runs it. Told once,
 * by whoever asks next ({@link takeRestarts}). Workers that come and go while their parent lives are none.
 */
export class ServiceWatch implements Collector {
  readonly name = 'services';
  readonly missing: readonly string[] = [];
  readonly #parts: ServiceWatchParts;
  readonly #processes: ProcessTable;
  readonly #watched = new Map<number, Watched>();
  #gone: Gone[] = [];
  /** Pids that took nobody's place. */
  #passedOver = new Set<number>();
  #restarts: Restart[] = [];
  #lastAt = -Infinity;

  constructor(parts: ServiceWatchParts) {
    this.#parts = parts;
    this.#processes = new ProcessTable(parts.procRoot, parts.bootedAtMs);
  }

  async collect({ startedAt: at, trackers }: ServiceLook): Promise<Addition> {
    if (at - this.#lastAt < EVERY_MS) return {};
    this.#lastAt = at;
    const pacer = new Pacer();
    this.#gone = this.#gone.filter(({ missedAt }) => at - missedAt < AWAITED_MS);
    await this.#missExited(at, pacer);
    if (this.#gone.length > 0) await this.#findSuccessors(at, pacer);
    else this.#passedOver.clear();
    for (const { process, listens } of this.#parts.holders()) this.#watch(process, listens, at);
    for (const tracker of trackers) {
      let before: Owner | undefined;
      for (const { owners } of tracker.open()) {
        const [owner] = owners;
        if (owner !== undefined && owner.pid !== before?.pid) this.#watch(owner, true, at);
        before = owner;
      }
    }
    return {};
  }

  /** Those noticed since this was asked last. */
  takeRestarts(): readonly AgentEvent[] {
    return this.#restarts.splice(0);
  }

  close(): void {
    this.#watched.clear();
  }

  #watch({ pid, startedAt }: Pick<Owner, 'pid' | 'startedAt'>, isService: boolean, at: number): void {
    const known = this.#watched.get(pid);
    if (known !== undefined) {
      known.isService ||= isService;
      return;
    }
    if (this.#watched.size >= MOST_WATCHED) return;
    const met = meetProcess(this.#parts.procRoot, this.#parts.bootedAtMs, pid);
    if (met === undefined || met.process.startedAt !== startedAt) return;
    this.#watched.set(pid, { ...met, isService, looks: 0, aliveAt: at });
  }

  /** Who is gone, and has left nobody behind who runs the same. */
  async #missExited(at: number, pacer: Pacer): Promise<void> {
    const exited: Watched[] = [];
    const running = new Set<string>();
    for (const [pid, watched] of this.#watched) {
      if (pacer.due()) await pacer.rest();
      if (readStat(this.#parts.procRoot, pid)?.startTicks === watched.startTicks) {
        watched.aliveAt = at;
        watched.looks++;
        running.add(watched.run);
      } else {
        this.#watched.delete(pid);
        exited.push(watched);
      }
    }
    // Of several that ran the same the first is the one that started the others.
    for (const watched of exited.toSorted((a, b) => a.startTicks - b.startTicks)) {
      const isTold = watched.isService || watched.looks >= LOOKS_OF_A_SERVICE;
      if (!isTold || running.has(watched.run) || this.#gone.length >= MOST_GONE) continue;
      const { process, startTicks, file, run, isService, aliveAt } = watched;
      running.add(run);
      this.#gone = this.#gone.filter((gone) => gone.run !== run);
      this.#gone.push({ process, startTicks, file, run, isService, aliveAt, missedAt: at });
    }
  }

  /** Looks at processes that are new since somebody is missed, the first to be started first. */
  async #findSuccessors(at: number, pacer: Pacer): Promise<void> {
    const earliest = Math.min(...this.#gone.map(({ aliveAt }) => aliveAt)) - OVERLAP_MS;
    const pids = this.#processes.pids();
    const found: ServiceProcess[] = [];
    for (const pid of pids) {
      if (this.#passedOver.has(pid) || this.#watched.has(pid)) continue;
      if (pacer.due()) await pacer.rest();
      const stat = readStat(this.#parts.procRoot, pid);
      if (stat === undefined) continue;
      const beganAt = stat.startTicks * MS_PER_TICK;
      if (at - beganAt > SETTLED_MS) this.#passedOver.add(pid);
      if (beganAt < earliest) continue;
      const met = meetProcess(this.#parts.procRoot, this.#parts.bootedAtMs, pid);
      if (met !== undefined) found.push(met);
    }
    this.#passedOver = new Set(pids.filter((pid) => this.#passedOver.has(pid)));
    for (const next of found.toSorted((a, b) => a.startTicks - b.startTicks)) this.#succeed(next, at);
  }

  #succeed(next: ServiceProcess, at: number): void {
    const beganAt = next.startTicks * MS_PER_TICK;
    const inTime = this.#gone.filter(
      (gone) => next.startTicks >= gone.startTicks && beganAt > gone.aliveAt - OVERLAP_MS,
    );
    const gone = inTime.find((one) => one.run === next.run) ?? inTime.find((one) => takesPlaceOf(next, one));
    if (gone === undefined) return;
    this.#gone = this.#gone.filter((one) => one !== gone);
    this.#watched.set(next.process.pid, { ...next, isService: gone.isService, looks: 0, aliveAt: at });
    if (this.#restarts.length >= MOST_RESTARTS) return;
    const process: Partial<Process> & Restart['process'] = { ...next.process };
    delete process.command;
    const { pid, startedAt, containerId } = gone.process;
    this.#restarts.push({
      at: this.#parts.instant(beganAt),
      kind: 'service_restarted',
      process,
      before: { pid, startedAt, ...(containerId === undefined ? {} : { containerId }) },
      replaced: isReplaced(next, gone),
    });
  }
}
