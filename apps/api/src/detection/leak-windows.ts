import {
  emptyLeakWindow,
  isForgettable,
  LEAK_MEMORY,
  leakKey,
  type LeakSubject,
  type LeakWindow,
  remember,
  rememberDescriptors,
} from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { type LeakedLifetimes, readLeakedLifetimes, readSampledTimes } from './leak-history.queries.ts';
import { recentInstants, replayHours, replaySamples } from './leak-replay.ts';
import { leakSubjectOf } from './leak-subject.ts';
import { type SeenLeak } from './seen-leak.ts';

const HOUR_MS = 3_600_000;

interface Remembered {
  readonly subject: LeakSubject;
  window: LeakWindow;
}

/** What is remembered of the leak keys of one namespace of a host. */
export class LeakWindows {
  private readonly keys = new Map<string, Remembered>();
  /** Newest snapshot that is remembered, milliseconds; null: none. */
  private newest: number | null = null;

  get newestAt(): number | null {
    return this.newest;
  }

  get isEmpty(): boolean {
    return this.keys.size === 0;
  }

  windowOf(key: string): LeakWindow | undefined {
    return this.keys.get(key)?.window;
  }

  subjects(): ReadonlyMap<string, LeakSubject> {
    return new Map([...this.keys].map(([key, { subject }]) => [key, subject]));
  }

  /**
   * Takes the last day from what is stored: what would have been remembered by now. `to` is the newest snapshot (milliseconds),
   * which {@link take} is to be told of next.
   */
  async rebuild(
    sql: Sql,
    of: { readonly hostId: number; readonly netns: number; readonly to: number; readonly intervalMs: number },
    orphansStay: boolean,
  ): Promise<void> {
    const recentFrom = of.to - Math.max(LEAK_MEMORY.samplesMs, LEAK_MEMORY.intervals * of.intervalMs);
    const from = Math.floor(of.to / HOUR_MS) * HOUR_MS - (LEAK_MEMORY.hours - 1) * HOUR_MS;
    const range = { hostId: of.hostId, netns: of.netns, from, recentFrom, to: of.to, stepMs: of.intervalMs };
    const lifetimes = await readLeakedLifetimes(sql, range);
    const times = lifetimes.length === 0 ? { hours: [], instants: [] } : await readSampledTimes(sql, range);
    // From here on nobody else gets to run: a window is there as a whole or not at all.
    this.keys.clear();
    this.newest = null;
    // The newest one is yet to be taken, with what only it can tell.
    const instants = recentInstants(times, recentFrom, of.to).filter((at) => at < of.to);
    const spansOf = Map.groupBy(lifetimes, (row: LeakedLifetimes) => leakKey(leakSubjectOf(of.netns, row)));
    for (const [key, spans] of spansOf) {
      const [first] = spans;
      if (first === undefined) continue;
      const samples = replaySamples(spans, instants, orphansStay);
      const hours = replayHours(spans, times.hours, instants.at(-1) ?? of.to, orphansStay);
      const window = { ...emptyLeakWindow(of.intervalMs), samples, hours };
      if (!isForgettable(window)) this.keys.set(key, { subject: leakSubjectOf(of.netns, first), window });
    }
    this.newest = instants.at(-1) ?? null;
  }

  /** Of these keys windows are kept although nothing is seen of them: an incident is open. */
  keep(subjects: readonly LeakSubject[], intervalMs: number): void {
    for (const subject of subjects) {
      const key = leakKey(subject);
      if (!this.keys.has(key)) this.keys.set(key, { subject, window: emptyLeakWindow(intervalMs) });
    }
  }

  /** Remembers what the snapshot taken at `at` (milliseconds) shows; a key that it does not show has nothing leaked. */
  take(seen: readonly SeenLeak[], at: number, intervalMs: number, kept: ReadonlySet<string>): void {
    if (this.newest !== null && at <= this.newest) return;
    this.newest = at;
    const shown = new Map(seen.map((leak) => [leak.key, leak]));
    for (const { key, subject } of seen) {
      if (!this.keys.has(key)) this.keys.set(key, { subject, window: emptyLeakWindow(intervalMs) });
    }
    for (const [key, remembered] of this.keys) {
      remembered.window = { ...withSample(remembered.window, shown.get(key), at), intervalMs };
      if (!shown.has(key) && !kept.has(key) && isForgettable(remembered.window)) this.keys.delete(key);
    }
  }
}

/** Who becomes leaked is counted; who has ended follows from how many there are. */
function withSample(window: LeakWindow, leak: SeenLeak | undefined, at: number): LeakWindow {
  const before = window.samples.at(-1)?.leaked;
  const leaked = leak?.leaked ?? 0;
  const opened = before === undefined ? 0 : Math.max(leak?.opened ?? 0, leaked - before);
  const sampled = remember(window, {
    at,
    leaked,
    old: leak?.old ?? 0,
    opened,
    ended: before === undefined ? 0 : before + opened - leaked,
    oldestMs: leaked === 0 ? 0 : Math.max(0, at - (leak?.oldestAt ?? at)),
    young: leak?.young ?? 0,
  });
  const { used = null, limit = null } = leak?.evidence?.descriptors ?? {};
  if (used === null || limit === null) return sampled;
  // Of an age of their own: what was used then is not what is used now, and forecasts allow for that.
  return rememberDescriptors(sampled, { at: leak?.evidenceAt ?? at, used, limit, heldShare: leak?.heldShare ?? 1 });
}
