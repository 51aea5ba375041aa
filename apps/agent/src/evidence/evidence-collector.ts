import { type DescriptorUse, type Process, type ProcessEvidence } from '@closewatch/protocol';
import { type LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { Pacer } from '../pacer.ts';
import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { PUSH_LIMITS } from '../uplink/contract.ts';
import { holdersOf, type Holder, type Owned } from './holders.ts';
import { readPressureStall } from './pressure-stall.ts';
import { ProcessWatch, type WatchTools } from './process-watch.ts';
import { syscallNamesOf } from './syscall-names.ts';
import { ThrottlingMeters } from './throttling.ts';

export interface EvidenceParts {
  /** Usually /proc. */
  readonly procRoot: string;
  /** Milliseconds since 1970 at which the kernel started. */
  readonly bootedAtMs: number;
  /** Of the agent itself (HostFacts). */
  readonly capabilities: readonly string[];
  /** As process.arch calls it. */
  readonly architecture: string;
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
  /** Orphaned descriptors of now: their owners are looked at as well. */
  readonly orphansOf?: () => Iterable<Owned>;
  /** What the descriptors of a process are open on, where somebody has followed them. */
  readonly kindsOf?: (process: Process) => DescriptorUse['kinds'];
}

/** So many processes are all looked at each time. Of more, the largest half of these are, and the others take turns. */
const FEW = 16;
/** Threads for each millisecond since the last turn, at about 50 µs each: 0.15 % of a CPU, whatever there is to look at. */
const THREADS_PER_MS = 0.03;
const LEAST_THREADS = 64;
const MOST_THREADS = 512;
const LEAST_OF_A_PROCESS = 4;

/**
 * Why processes that hold CLOSE_WAIT sockets or orphaned descriptors may not close them. Told as one list of all there
 * are, at most as many as the server takes: with each snapshot while they are few, else when all have had their turn.
 */
export class EvidenceCollector implements Collector {
  readonly name = 'evidence';
  readonly #parts: EvidenceParts;
  readonly #tools: WatchTools;
  readonly #watches = new Map<string, ProcessWatch>();
  /** Those that have not had their turn in this round. */
  readonly #waiting = new Set<string>();
  #missing: readonly string[] = [];
  #lastTurnAt: number | undefined;
  #told = false;

  constructor(parts: EvidenceParts) {
    this.#parts = parts;
    const { procRoot, bootedAtMs, capabilities, architecture, now } = parts;
    this.#tools = {
      procRoot,
      bootedAtMs,
      nameOf: syscallNamesOf(architecture),
      mayTrace: capabilities.includes('CAP_SYS_PTRACE'),
      now,
      meters: new ThrottlingMeters(procRoot, now),
    };
  }

  get missing(): readonly string[] {
    return this.#missing;
  }

  retell(): void {
    // So that an empty list is told again, too.
    this.#told = true;
  }

  async collect({ trackers }: Sampled): Promise<Addition> {
    const all = holdersOf(openOf(trackers), this.#parts.orphansOf?.() ?? []);
    const holders = new Map(all.slice(0, PUSH_LIMITS.evidence).map((holder) => [keyOf(holder), holder]));
    for (const key of this.#watches.keys()) if (!holders.has(key)) this.#watches.delete(key);
    for (const key of this.#waiting) if (!holders.has(key)) this.#waiting.delete(key);
    if (this.#waiting.size === 0) for (const key of holders.keys()) this.#waiting.add(key);
    await this.#look(this.#turnOf(holders));
    const evidence = this.#evidenceOf(holders.values());
    this.#missing = missingOf(evidence, all.length > holders.size);
    // The last one told stands: that there is none any more is told once.
    if (evidence.length === 0 && !this.#told) return {};
    if (this.#waiting.size > 0 && this.#told) return {};
    this.#told = evidence.length > 0;
    return { evidence, ...(this.#told ? { pressureStall: readPressureStall(this.#parts.procRoot) } : {}) };
  }

  close(): void {
    this.#watches.clear();
  }

  /** Whose turn it is, the smallest holder first: threads that it does not have are the largest one's to have. */
  #turnOf(holders: ReadonlyMap<string, Holder>): Holder[] {
    const turn = new Map<string, Holder>();
    for (const [key, holder] of holders) if (turn.size < FEW / 2 || holders.size <= FEW) turn.set(key, holder);
    for (const key of this.#waiting) {
      if (turn.size >= FEW) break;
      const holder = holders.get(key);
      if (holder !== undefined) turn.set(key, holder);
    }
    for (const key of turn.keys()) this.#waiting.delete(key);
    return [...turn.values()].reverse();
  }

  async #look(turn: readonly Holder[]): Promise<void> {
    const now = this.#tools.now();
    const pace = (now - (this.#lastTurnAt ?? now)) * THREADS_PER_MS;
    this.#lastTurnAt = now;
    let threads = Math.min(Math.max(pace, LEAST_THREADS), MOST_THREADS);
    const pacer = new Pacer();
    this.#tools.meters.beginTurn();
    for (const [index, holder] of turn.entries()) {
      const key = keyOf(holder);
      let watch = this.#watches.get(key);
      if (watch === undefined) this.#watches.set(key, (watch = new ProcessWatch(holder.process, this.#tools)));
      const share = Math.max(LEAST_OF_A_PROCESS, Math.floor(threads / (turn.length - index)));
      await watch.look(share, pacer);
      threads -= watch.evidence(holder)?.threads.looked ?? 0;
    }
  }

  #evidenceOf(holders: Iterable<Holder>): ProcessEvidence[] {
    const told: ProcessEvidence[] = [];
    for (const holder of holders) {
      const evidence = this.#watches.get(keyOf(holder))?.evidence(holder);
      if (evidence === undefined) continue;
      const kinds = this.#parts.kindsOf?.(holder.process);
      told.push(kinds === undefined ? evidence : { ...evidence, descriptors: { ...evidence.descriptors, kinds } });
    }
    return told;
  }
}

function openOf(trackers: readonly LeakTracker[]): readonly TrackedSocket[] {
  const [own] = trackers;
  return own !== undefined && trackers.length === 1 ? own.open() : trackers.flatMap((tracker) => tracker.open());
}

function keyOf({ process }: Holder): string {
  return `${process.pid} ${process.startedAt}`;
}

/** Each lack once, in words that do not change with the processes it concerns. */
function missingOf(evidence: readonly ProcessEvidence[], tooMany: boolean): string[] {
  const lacks = new Set(evidence.flatMap(({ missing }) => missing));
  if (tooMany)
    lacks.add(`more processes hold CLOSE_WAIT sockets than are told of (${PUSH_LIMITS.evidence}, largest first)`);
  return [...lacks].map((lack) => `evidence: ${lack}`);
}
