import { VERDICT_LIMITS } from './limits.ts';
import { missingOf, waitsAreHidden } from './missing-evidence.ts';
import { type ObservedProcess } from './observed.ts';
import { reason } from './reason.ts';
import { doingOf, type Doing } from './thread-wait.ts';
import { type Reason, type Verdict } from './verdict.ts';

export type Stuck = Extract<Verdict, 'stopped' | 'blocked_on_io' | 'blocked_on_lock' | 'cpu_starved' | 'busy'>;

/**
 * Whether a process could close what it holds. `certainty` from 0 to 1. `getsAround`: it is held up, and a thread of it was
 * seen waiting for events just now all the same.
 */
export interface ProcessCondition {
  readonly process: ObservedProcess;
  readonly is: Stuck | 'healthy';
  readonly certainty: number;
  readonly getsAround: boolean;
  /** Every thread sleeps on a futex: a deadlock, or a pool that nobody uses. */
  readonly futexOnly: boolean;
  /** Threads that wait for room to send, and of how many. */
  readonly sending: { readonly threads: number; readonly of: number };
  /** What speaks for `is`, and against it. */
  readonly for: readonly Reason[];
  readonly against: readonly Reason[];
  readonly missing: readonly Reason[];
}

/** What a look at the threads adds up to. */
interface Threads {
  readonly total: number;
  readonly by: ReadonlyMap<Doing, number>;
  /** Where most of those are that do it. */
  readonly wchans: ReadonlyMap<Doing, string>;
}

interface Look {
  readonly process: ObservedProcess;
  readonly threads: Threads;
  readonly missing: readonly Reason[];
  /** Milliseconds a second. */
  readonly run: number;
  readonly wait: number;
  readonly polledWithin: (ms: number) => boolean;
}

type Found = Pick<ProcessCondition, 'is' | 'certainty' | 'for'> &
  Partial<Pick<ProcessCondition, 'against' | 'futexOnly' | 'missing'>>;

/** What keeps a process from closing its sockets, by its threads and its CPU. */
export function conditionOf(process: ObservedProcess): ProcessCondition {
  const { polledAgoMs } = process;
  const look: Look = {
    process,
    threads: threadsOf(process),
    missing: missingOf(process),
    run: process.cpu?.runMsPerSecond ?? 0,
    wait: process.cpu?.runQueueWaitMsPerSecond ?? 0,
    polledWithin: (ms) => polledAgoMs !== null && polledAgoMs <= ms,
  };
  const found = stopped(look) ?? shortOfCpu(look) ?? blocked(look) ?? locked(look) ?? healthy(look);
  const getsAround = found.is !== 'stopped' && look.polledWithin(VERDICT_LIMITS.getsAroundWithinMs);
  const polled =
    found.is !== 'healthy' && look.polledWithin(VERDICT_LIMITS.polledWithinMs) && polledAgoMs !== null
      ? [reason('reason.polled', { agoMs: polledAgoMs })]
      : [];
  return {
    process,
    getsAround,
    futexOnly: false,
    sending: { threads: look.threads.by.get('sending') ?? 0, of: look.threads.total },
    ...found,
    certainty: getsAround && found.is !== 'healthy' ? found.certainty * 0.7 : found.certainty,
    against: [...(found.against ?? []), ...polled],
    missing: [...look.missing, ...(found.missing ?? [])],
  };
}

function threadsOf({ waits }: ObservedProcess): Threads {
  const by = new Map<Doing, number>();
  const wchans = new Map<Doing, string>();
  let total = 0;
  for (const wait of waits) {
    const doing = doingOf(wait);
    by.set(doing, (by.get(doing) ?? 0) + wait.threads);
    // Most threads come first.
    if (!wchans.has(doing)) wchans.set(doing, wait.wchan ?? wait.syscall ?? wait.state);
    total += wait.threads;
  }
  return { total, by, wchans };
}

function stopped({ threads: { total, by } }: Look): Found | undefined {
  const threads = by.get('stopped') ?? 0;
  if (threads === 0 || threads * 2 < total) return undefined;
  return {
    is: 'stopped',
    certainty: threads === total ? 1 : 0.8,
    for: [reason('reason.stopped', { threads, of: total })],
  };
}

/** Throttling goes before starvation: who is throttled waits in the run queue as well (docs/adr/0012). */
function shortOfCpu(look: Look): Found | undefined {
  const { threads, run, wait, missing } = look;
  const { throttling, cpu } = look.process;
  const throttledMs = throttling?.throttledMsPerSecond ?? 0;
  const shares = { runShare: run / 1_000, waitShare: wait / 1_000 };
  if (throttledMs >= VERDICT_LIMITS.throttled) {
    const throttledShare = Math.min(throttledMs / 1_000, 1);
    return {
      is: 'cpu_starved',
      certainty: Math.min(1, 0.7 + throttledShare / 2),
      for: [reason('reason.throttled', { throttledShare }), ...(cpu === null ? [] : [reason('reason.runs', shares)])],
    };
  }
  const hadEnough = hasHadEnoughCpu(look);
  if (wait >= VERDICT_LIMITS.starved && wait >= run * VERDICT_LIMITS.starvedRatio && !hadEnough) {
    return {
      is: 'cpu_starved',
      certainty: Math.min(1, 0.6 + wait / (run + wait) / 2),
      for: [reason('reason.run_queue_wait', shares)],
    };
  }
  if (run + wait >= VERDICT_LIMITS.busy && (hadEnough || run * VERDICT_LIMITS.starvedRatio >= wait)) {
    return {
      is: 'busy',
      certainty: run >= wait ? 1 : hadEnough ? 0.75 : 0.8,
      for: [reason('reason.runs', shares)],
      against: wait >= VERDICT_LIMITS.starved ? [reason('reason.run_queue_wait', shares)] : [],
    };
  }
  const running = threads.by.get('running') ?? 0;
  if (cpu !== null || running === 0) return undefined;
  // Seen on a CPU, and how much of one it takes is not known: by one look, a guess.
  const untold = missing.some(({ key }) => key === 'missing.no_schedule' || key === 'missing.second_look');
  return untold && running * 2 >= threads.total ? { is: 'busy', certainty: 0.5, for: [] } : undefined;
}

/** On a busy host a busy loop waits for most of its time: what it had since it is watched would have done for a read. */
function hasHadEnoughCpu({ process: { polledAgoMs, watchedMs }, run, wait }: Look): boolean {
  return (
    polledAgoMs === null &&
    watchedMs >= VERDICT_LIMITS.watchedForMs &&
    (run * watchedMs) / 1_000 >= VERDICT_LIMITS.enoughCpuMs &&
    wait < run * VERDICT_LIMITS.starvedSurelyRatio
  );
}

/** Threads in what no descriptor wakes them from, while nobody polls; or so many of them that pollers do not matter. */
function blocked({
  process: { polledAgoMs, watchedMs },
  threads: { total, by, wchans },
  polledWithin,
}: Look): Found | undefined {
  const kinds = (['uninterruptible', 'file_lock', 'pipe'] as const).map((doing) => ({
    doing,
    threads: by.get(doing) ?? 0,
  }));
  const { doing, threads } = kinds.reduce((most, kind) => (kind.threads > most.threads ? kind : most));
  if (threads === 0) return undefined;
  const pollsNot = !polledWithin(VERDICT_LIMITS.polledWithinMs);
  if (!pollsNot && threads * 2 < total) return undefined;
  const wchan = wchans.get(doing) ?? '';
  return {
    is: doing === 'file_lock' ? 'blocked_on_lock' : 'blocked_on_io',
    certainty: threads === total ? 1 : threads * 2 >= total ? 0.85 : 0.7,
    for: [
      reason(`reason.${doing}`, { threads, of: total, wchan }),
      ...(polledAgoMs === null && watchedMs > 0 ? [reason('reason.not_polled', { watchedMs })] : []),
    ],
  };
}

/** Every thread waits in futex, none was seen polling, and no CPU is used. Idle pools look so too, but somebody polls there. */
function locked({ process, threads: { total, by }, run, polledWithin, missing }: Look): Found | undefined {
  const futex = by.get('futex') ?? 0;
  // Threads that runtimes keep for themselves poll, and are not said to have polled.
  const futexOnly = futex > 0 && futex + (by.get('events') ?? 0) === total;
  if (!futexOnly || polledWithin(VERDICT_LIMITS.polledWithinMs) || waitsAreHidden(missing)) return undefined;
  if (process.cpu !== null && run > VERDICT_LIMITS.asleep) return undefined;
  const { watchedMs } = process;
  const watched = Math.min(1, watchedMs / VERDICT_LIMITS.watchedForMs);
  return {
    is: 'blocked_on_lock',
    futexOnly: true,
    certainty: 0.55 + 0.45 * watched,
    for: [
      reason('reason.futex', { threads: futex, of: total }),
      ...(watchedMs > 0 ? [reason('reason.not_polled', { watchedMs })] : []),
      ...(process.cpu === null ? [] : [reason('reason.no_cpu', { runShare: run / 1_000 })]),
    ],
    missing: watched < 1 ? [reason('missing.longer_watch', { watchedMs, neededMs: VERDICT_LIMITS.watchedForMs })] : [],
  };
}

function healthy({ process, threads: { total, by }, run, missing, polledWithin }: Look): Found {
  const { polledAgoMs, cpu } = process;
  const told: Reason[] = [];
  let certainty = waitsAreHidden(missing) ? 0.6 : 0.65;
  if (polledWithin(VERDICT_LIMITS.polledWithinMs) && polledAgoMs !== null) {
    told.push(reason('reason.polled', { agoMs: polledAgoMs }));
    certainty = 1;
  } else if (by.has('idle')) {
    told.push(reason('reason.idles', { threads: by.get('idle') ?? 0, of: total }));
    certainty = 0.9;
  }
  if (cpu !== null && run < VERDICT_LIMITS.starved) told.push(reason('reason.no_cpu', { runShare: run / 1_000 }));
  if (total === 0) certainty = 0.4;
  return { is: 'healthy', certainty, for: told };
}
