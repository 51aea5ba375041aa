import { type LeakSubject } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { LeakWindows } from './leak-windows.ts';
import { type OrphanGroup, groupOrphans } from './seen-leak.ts';
import { readOrphanSubjects } from './orphan-subjects.queries.ts';
import { HostRules } from './host-rules.ts';
import { KernelRules } from './kernel-rules.ts';
import { SectionMemory } from './section-memory.ts';
import { SettlingVerdicts } from './settling-verdicts.ts';
import { UseRules } from './use-rules.ts';
import { type SubjectRow } from './leak-subject.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

const HOUR_MS = 3_600_000;

/** What rules remember of one namespace. */
export interface NamespaceRules {
  readonly use: UseRules;
  readonly kernel: KernelRules;
}

/** What detection remembers of one host between two looks. All of it can be made again from what is stored. */
export class HostMemory {
  readonly sections = new SectionMemory();
  readonly verdicts = new SettlingVerdicts();
  readonly rules = new HostRules();
  private readonly namespaces = new Map<number, LeakWindows>();
  private readonly rulesOf = new Map<number, NamespaceRules>();
  /** Of each namespace what orphans were while they stood in CLOSE_WAIT, by socketId; `of` says which list of them. */
  private readonly orphanSubjects = new Map<number, { of: string; known: ReadonlyMap<string, SubjectRow> }>();
  private runId: string | undefined;

  windows(netns: number): LeakWindows {
    let windows = this.namespaces.get(netns);
    if (windows === undefined) this.namespaces.set(netns, (windows = new LeakWindows()));
    return windows;
  }

  namespaceRules(netns: number): NamespaceRules {
    let rules = this.rulesOf.get(netns);
    if (rules === undefined)
      this.rulesOf.set(netns, (rules = { use: new UseRules(netns), kernel: new KernelRules(netns) }));
    return rules;
  }

  /** How many namespaces something is remembered of. */
  get size(): number {
    return new Set([...this.namespaces.keys(), ...this.rulesOf.keys()]).size;
  }

  /** To be told of the host before anything else: another run of the agent knows other processes, and namespaces end. */
  meet({ runId, namespaces }: WatchedHost): void {
    const listed = new Set([0, ...namespaces.map(({ netns }) => netns)]);
    this.sections.forgetAllBut(listed);
    for (const known of [this.namespaces, this.rulesOf, this.orphanSubjects])
      for (const netns of known.keys()) if (!listed.has(netns)) known.delete(netns);
    if (this.runId !== undefined && this.runId !== runId) this.sections.forgetRun();
    this.runId = runId;
  }

  /** The orphans of a namespace by leak key at an instant (milliseconds); asks what they were when the list is another one. */
  async orphans(sql: Sql, hostId: number, netns: number, at: number): Promise<OrphanGroup[]> {
    const { orphans } = this.sections.of(netns);
    if (orphans === undefined || orphans.content.items.length === 0) return [];
    const { items } = orphans.content;
    const of = items.map(({ socketId }) => socketId).join(' ');
    let subjects = this.orphanSubjects.get(netns);
    if (subjects?.of !== of) {
      const since = Math.min(...items.map(({ orphanedAt }) => Date.parse(orphanedAt))) - HOUR_MS;
      const socketIds = items.map(({ socketId }) => socketId);
      const rows = await readOrphanSubjects(sql, { hostId, socketIds, since });
      subjects = { of, known: new Map(rows.map((row) => [row.socketId, row])) };
      this.orphanSubjects.set(netns, subjects);
    }
    return groupOrphans(netns, orphans.content, subjects.known, at);
  }

  /** Of these leaks windows are kept although nothing is seen of them. */
  keep(subjects: readonly LeakSubject[], intervalMs: number): void {
    for (const subject of subjects) this.windows(subject.netns).keep([subject], intervalMs);
  }
}
