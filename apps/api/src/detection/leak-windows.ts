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
import { foldedByPeer } from './any-peer.ts';
import { type LeakedLifetimes, readLeakedLifetimes, readSampledTimes } from './leak-history.queries.ts';
import { recentInstants, replayHours, replaySamples } from './leak-replay.ts';
import { leakSubjectOf } from './leak-subject.ts';
import { type SeenLeak } from './seen-leak.ts';

const HOUR_MS = 3_600_000;
/** Of a namespace that connects to new peers all the time (a proxy) there are as many keys; the most leaked are remembered. */
export const MOST_KEYS = 500;
/** A window begins when something has leaked; and with what was so long before, when it was young: nothing. */
const BEFORE_MS = 90_000;

interface Remembered {
  readonly subject: LeakSubject;
  window: LeakWindow;
}

/** What is remembered of the leak keys of one namespace of a host. */
export class LeakWindows {
  private readonly keys = new Map<string, Remembered>();
  /** Newest snapshot that is remembered, milliseconds; null: none. */
  private newest: number | null = null;
  /** The snapshots of the last {@link BEFORE_MS}, the newest as well. */
  private instants: number[] = [];

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
   * which {@link take} is to be told of next. `kept`: keys of open incidents.
   */
  async rebuild(
    sql: Sql,
    of: { readonly hostId: number; readonly netns: number; readonly to: number; readonly intervalMs: number },
    orphansStay: boolean,
    kept: ReadonlySet<string> = new Set(),
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
    const subjects = new Map(lifetimes.map((row) => [row, leakSubjectOf(of.netns, row)]));
    const judgedAs = foldedByPeer(subjects.values(), { kept, remembers: () => false });
    const subjectOf = (row: LeakedLifetimes): LeakSubject =>
      judgedAs(subjects.get(row) ?? leakSubjectOf(of.netns, row));
    const spansOf = Map.groupBy(lifetimes, (row: LeakedLifetimes) => leakKey(subjectOf(row)));
    const leakedOf = (spans: readonly LeakedLifetimes[]): number =>
      spans.reduce((sum, { endedAt, count }) => sum + (endedAt === null ? count : 0), 0);
    const most = [...spansOf].sort(([, a], [, b]) => leakedOf(b) - leakedOf(a)).slice(0, MOST_KEYS);
    for (const [key, spans] of most) {
      const [first] = spans;
      if (first === undefined) continue;
      const samples = replaySamples(spans, instants, orphansStay);
      const hours = replayHours(spans, times.hours, instants.at(-1) ?? of.to, orphansStay);
      const window = { ...emptyLeakWindow(of.intervalMs), samples, hours };
      if (!isForgettable(window)) this.keys.set(key, { subject: subjectOf(first), window });
    }
    this.instants = instants.filter((at) => at > of.to - BEFORE_MS);
    this.newest = instants.at(-1) ?? null;
  }

  /** Of these keys windows are kept although nothing is seen of them: an incident is open. */
  keep(subjects: readonly LeakSubject[], intervalMs: number): void {
    for (const subject of subjects) {
      const key = leakKey(subject);
      if (!this.keys.has(key)) this.keys.set(key, { subject, window: emptyLeakWindow(intervalMs) });
    }
  }

  /**
   * Remembers what the snapshot taken at `at` (milliseconds) shows; a key that it does not show has nothing leaked. `kept`:
   * keys that are remembered whatever there is of them.
   */
  take(seen: readonly SeenLeak[], at: number, intervalMs: number, kept: ReadonlySet<string>): void {
    if (this.newest !== null && at <= this.newest) return;
    const shown = new Map(seen.map((leak) => [leak.key, leak]));
    this.begin(shown, intervalMs, kept);
    this.newest = at;
    this.instants = [...this.instants.filter((instant) => instant > at - BEFORE_MS), at];
    for (const [key, remembered] of this.keys) {
      remembered.window = { ...withSample(remembered.window, shown.get(key), at), intervalMs };
      if (!kept.has(key) && isForgettable(remembered.window)) this.keys.delete(key);
    }
  }

  /** Begins windows of what has leaked, and ends those of what has leaked least when they are too many. */
  private begin(shown: ReadonlyMap<string, SeenLeak>, intervalMs: number, kept: ReadonlySet<string>): void {
    const fresh = [...shown.values()].filter(({ key, leaked }) => leaked > 0 && !this.keys.has(key));
    const room = MOST_KEYS - this.keys.size;
    const begun = new Set(fresh.slice(0, Math.max(0, room)));
    if (fresh.length > room) {
      const leakedOf = (key: string): number => shown.get(key)?.leaked ?? 0;
      const known = [...this.keys.keys()].filter((key) => !kept.has(key));
      // Of two that have leaked as much the known one stays: it is the one of which more is remembered.
      const ranked = [...known, ...fresh.map(({ key }) => key)].sort((a, b) => leakedOf(b) - leakedOf(a));
      const stay = new Set(ranked.slice(0, Math.max(0, MOST_KEYS - (this.keys.size - known.length))));
      for (const key of known) if (!stay.has(key)) this.keys.delete(key);
      begun.clear();
      for (const leak of fresh) if (stay.has(leak.key)) begun.add(leak);
    }
    for (const leak of begun)
      this.keys.set(leak.key, { subject: leak.subject, window: this.windowBefore(leak, intervalMs) });
  }

  /** What a window would remember by now of a leak that is seen leaked for the first time. */
  private windowBefore({ leaked, orphaned, opened, oldestAt }: SeenLeak, intervalMs: number): LeakWindow {
    // Others than those that have just become leaked were there before, unseen: too many keys, or of another key.
    const before = Math.max(0, leaked - orphaned - opened);
    const instants = before === 0 ? this.instants : this.instants.slice(-1);
    return instants.reduce(
      (window, at) =>
        remember(window, {
          at,
          leaked: before,
          old: 0,
          opened: 0,
          ended: 0,
          oldestMs: before === 0 ? 0 : Math.max(0, at - (oldestAt ?? at)),
          young: 0,
        }),
      emptyLeakWindow(intervalMs),
    );
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
