import { type LeakSubject } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { LeakWindows } from './leak-windows.ts';
import { type OrphanGroup, groupOrphans } from './seen-leak.ts';
import { readOrphanSubjects } from './orphan-subjects.queries.ts';
import { SectionMemory } from './section-memory.ts';
import { type SubjectRow } from './leak-subject.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

const HOUR_MS = 3_600_000;

/** What detection remembers of one host between two looks. All of it can be made again from what is stored. */
export class HostMemory {
  readonly sections = new SectionMemory();
  private readonly namespaces = new Map<number, LeakWindows>();
  /** What orphans were while they stood in CLOSE_WAIT, by socketId; `of` says which list of them. */
  private orphanSubjects: { of: string; known: ReadonlyMap<string, SubjectRow> } = { of: '', known: new Map() };
  private runId: string | undefined;

  windows(netns: number): LeakWindows {
    let windows = this.namespaces.get(netns);
    if (windows === undefined) this.namespaces.set(netns, (windows = new LeakWindows()));
    return windows;
  }

  /** To be told of the host before anything else: another run of the agent knows other processes. */
  meet({ runId }: WatchedHost): void {
    if (this.runId !== undefined && this.runId !== runId) this.sections.forgetRun();
    this.runId = runId;
  }

  /** The orphans of a namespace by leak key at an instant (milliseconds); asks what they were when the list is another one. */
  async orphans(sql: Sql, hostId: number, netns: number, at: number): Promise<OrphanGroup[]> {
    const { orphans } = this.sections.of(netns);
    if (orphans === undefined || orphans.content.items.length === 0) return [];
    const { items } = orphans.content;
    const of = `${netns} ${items.map(({ socketId }) => socketId).join(' ')}`;
    if (this.orphanSubjects.of !== of) {
      const since = Math.min(...items.map(({ orphanedAt }) => Date.parse(orphanedAt))) - HOUR_MS;
      const socketIds = items.map(({ socketId }) => socketId);
      const rows = await readOrphanSubjects(sql, { hostId, socketIds, since });
      this.orphanSubjects = { of, known: new Map(rows.map((row) => [row.socketId, row])) };
    }
    return groupOrphans(netns, orphans.content, this.orphanSubjects.known, at);
  }

  /** Of these leaks windows are kept although nothing is seen of them. */
  keep(subjects: readonly LeakSubject[], intervalMs: number): void {
    for (const subject of subjects) this.windows(subject.netns).keep([subject], intervalMs);
  }
}
