import { type Sql } from '../database/data-source.ts';
import { isStatementTimeout } from '../database/database-faults.ts';
import { type HostMemory } from './host-memory.ts';
import { type AskedNamespace, readSocketClasses } from './leak-classes.queries.ts';
import { type LeakWindows } from './leak-windows.ts';
import { seeLeaks, type SeenLeak } from './seen-leak.ts';
import { readSectionNews } from './told-sections.queries.ts';
import { sectionsThatStand } from './told-sections.ts';
import { type WatchedHost, type WatchedNamespace } from './watched-hosts.queries.ts';

/** What the newest snapshot of a namespace shows. */
export interface SeenNamespace {
  readonly hostId: number;
  readonly netns: number;
  /** When it was taken, milliseconds since the epoch. */
  readonly at: number;
  readonly intervalMs: number;
  readonly leaks: readonly SeenLeak[];
  readonly windows: LeakWindows;
}

/** A host to be looked at, some of its namespaces, and what is remembered of it. */
export interface Look {
  readonly host: WatchedHost;
  readonly namespaces: readonly WatchedNamespace[];
  readonly memory: HostMemory;
  /** Leak keys of which windows are kept although nothing is seen of them. */
  readonly kept?: ReadonlySet<string>;
  /** For so long nobody looked whether there was news of it, milliseconds: what it told meanwhile is no gap of its own. */
  readonly uncheckedMs?: number;
}

const NONE: ReadonlySet<string> = new Set();
/** After so many missing samples the gap is filled from what is stored: the outbox of an agent may have told it meanwhile. */
const GAP_SAMPLES = 6;
const GAP_LEAST_MS = 60_000;

/** Reads what is news of hosts, judges it, and has it remembered. */
export class NamespaceReader {
  constructor(private readonly sql: Sql) {}

  async read(
    host: WatchedHost,
    namespaces: readonly WatchedNamespace[],
    memory: HostMemory,
    kept: ReadonlySet<string>,
  ): Promise<SeenNamespace[]> {
    const looks = [{ host, namespaces, memory, kept }];
    await this.readPast(looks);
    return this.readAll(looks);
  }

  /** One statement for the sections of all of these hosts, and two for each namespace that is met for the first time. */
  async readPast(looks: readonly Look[]): Promise<void> {
    await this.readSections(looks);
    for (const look of looks) await this.rebuild(look);
  }

  /** One statement for all of these hosts, after {@link readPast}. */
  async readAll(looks: readonly Look[]): Promise<SeenNamespace[]> {
    const asked = looks.flatMap(({ host, namespaces, memory }) =>
      namespaces.map(({ netns, at }): AskedNamespace => {
        return { hostId: host.hostId, netns, at, since: memory.windows(netns).newestAt };
      }),
    );
    const classes = Map.groupBy(await readSocketClasses(this.sql, asked), ({ hostId, netns }) => `${hostId} ${netns}`);
    const seen: SeenNamespace[] = [];
    for (const { host, namespaces, memory, kept } of looks) {
      for (const { netns, at, intervalMs } of namespaces) {
        const orphans = await memory.orphans(this.sql, host.hostId, netns, at);
        const sections = sectionsThatStand(memory.sections.of(netns), { at, intervalMs });
        const ofNamespace = classes.get(`${host.hostId} ${netns}`) ?? [];
        const windows = memory.windows(netns);
        const known = { kept: kept ?? NONE, remembers: (key: string) => windows.windowOf(key) !== undefined };
        const leaks = seeLeaks(netns, ofNamespace, orphans, sections, at, known);
        windows.take(leaks, at, intervalMs, kept ?? NONE);
        seen.push({ hostId: host.hostId, netns, at, intervalMs, leaks, windows });
      }
    }
    return seen;
  }

  private async readSections(looks: readonly Look[]): Promise<void> {
    const memories = new Map(looks.map(({ host, memory }) => [host.hostId, memory]));
    const known = looks.map(({ host: { hostId, namespaces }, memory: { sections } }) => {
      const listed = [0, ...namespaces.map(({ netns }) => netns)];
      return { hostId, known: new Map(listed.map((netns) => [netns, sections.newestOf(netns)])) };
    });
    for (const news of await readSectionNews(this.sql, known)) memories.get(news.hostId)?.sections.remember(news);
  }

  private async rebuild({ host, namespaces, memory, kept = NONE, uncheckedMs = 0 }: Look): Promise<void> {
    for (const { netns, at, intervalMs } of namespaces) {
      const windows = memory.windows(netns);
      const gap = at - (windows.newestAt ?? -Infinity) - uncheckedMs;
      if (gap <= Math.max(GAP_LEAST_MS, GAP_SAMPLES * intervalMs)) continue;
      const orphansStay = (memory.sections.of(netns).orphans?.content.count ?? 0) > 0;
      try {
        await windows.rebuild(this.sql, { hostId: host.hostId, netns, to: at, intervalMs }, orphansStay, kept);
      } catch (error) {
        // More than can be read in time: windows go on, or begin, with what is seen now. Trying again would fail again.
        if (!isStatementTimeout(error)) throw error;
      }
    }
  }
}
