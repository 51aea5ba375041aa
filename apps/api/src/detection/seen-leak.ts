import { type Orphans, type ProcessEvidence } from '@closewatch/protocol';
import {
  type Finding,
  HARMLESS_VERDICTS,
  judge,
  leakKey,
  type LeakSubject,
  type ObservedSocket,
} from '@closewatch/socket-states';
import { foldedByPeer, type KnownKeys } from './any-peer.ts';
import { type SocketClass } from './leak-classes.queries.ts';
import { leakSubjectOf, type SubjectRow } from './leak-subject.ts';
import { type ToldSections } from './told-sections.ts';

/** The CLOSE_WAIT connections of one leak key of a host as one snapshot has them, and why they do not close. */
export interface SeenLeak {
  readonly subject: LeakSubject;
  readonly key: string;
  /** Those that hold most of them first. */
  readonly processes: readonly { readonly pid: number; readonly startedAt: string | null }[];
  readonly count: number;
  /** In CLOSE_WAIT for 60 s, without those of a half-close that works, and with orphans; whatever the verdict. */
  readonly leaked: number;
  /** Of these in CLOSE_WAIT for five minutes. */
  readonly old: number;
  /** Of the open ones how many became leaked since the snapshot before. */
  readonly opened: number;
  /** Not leaked yet: in CLOSE_WAIT for less than 60 s. */
  readonly young: number;
  readonly orphaned: number;
  /** Never accepted: the queue they wait in. */
  readonly acceptQueue: { readonly length: number; readonly limit: number | null } | null;
  /** Milliseconds since the epoch, without half-closes that work where there are others; null: there are none. */
  readonly oldestAt: number | null;
  readonly finding: Finding;
  /** Of the process that holds most of them. */
  readonly evidence: ProcessEvidence | undefined;
  /** Share of the leaked ones that this process holds, 0 to 1; without evidence, or leaked ones, 1. */
  readonly heldShare: number;
  /** When it was told, milliseconds; it may be older than the snapshot. Null: without evidence. */
  readonly evidenceAt: number | null;
}

/** Whether what is found is no fault. */
export const isHarmless = ({ verdict }: Pick<Finding, 'verdict'>): boolean => HARMLESS_VERDICTS.has(verdict);

/** Orphans of one leak key. */
export interface OrphanGroup {
  readonly subject: LeakSubject;
  readonly count: number;
  /** Of these orphaned five minutes ago. */
  readonly old: number;
  readonly oldestAt: number;
  /** How many each process holds, by pid; what several hold is the first one's. */
  readonly held: ReadonlyMap<number, number>;
}

const OLD_MS = 300_000;
const NOTHING_KNOWN: KnownKeys = { kept: new Set(), remembers: () => false };

/**
 * Judges what one snapshot of a namespace, taken at `at` (milliseconds), shows; `known`: what was told before. The largest leak
 * first.
 */
export function seeLeaks(
  netns: number,
  classes: readonly SocketClass[],
  orphans: readonly OrphanGroup[],
  sections: ToldSections,
  at: number,
  known: KnownKeys = NOTHING_KNOWN,
): SeenLeak[] {
  const subjects = classes.map((socketClass) => leakSubjectOf(netns, socketClass));
  const leaked = subjects.filter((_, index) => classes[index]?.aged === true && !classes[index].sent);
  const judgedAs = foldedByPeer([...leaked, ...orphans.map(({ subject }) => subject)], known);
  const keys = new Map<string, { subject: LeakSubject; classes: SocketClass[]; orphans: OrphanGroup | undefined }>();
  for (const [index, socketClass] of classes.entries()) {
    const subject = judgedAs(subjects[index] ?? leakSubjectOf(netns, socketClass));
    const key = leakKey(subject);
    const one = keys.get(key);
    if (one === undefined) keys.set(key, { subject, classes: [socketClass], orphans: undefined });
    else one.classes.push(socketClass);
  }
  for (const group of orphans) {
    const subject = judgedAs(group.subject);
    const key = leakKey(subject);
    const one = keys.get(key) ?? { subject, classes: [], orphans: undefined };
    keys.set(key, { ...one, orphans: one.orphans === undefined ? group : together(one.orphans, group) });
  }
  return [...keys]
    .map(([key, seen]) => seeLeak({ key, ...seen }, sections, at))
    .sort((a, b) => b.leaked - a.leaked || b.count - a.count || (a.key < b.key ? -1 : 1));
}

function together(a: OrphanGroup, b: OrphanGroup): OrphanGroup {
  const held = new Map(a.held);
  for (const [pid, count] of b.held) held.set(pid, (held.get(pid) ?? 0) + count);
  const oldestAt = Math.min(a.oldestAt, b.oldestAt);
  return { subject: a.subject, count: a.count + b.count, old: a.old + b.old, oldestAt, held };
}

function seeLeak(
  {
    key,
    subject,
    classes,
    orphans,
  }: { key: string; subject: LeakSubject; classes: SocketClass[]; orphans: OrphanGroup | undefined },
  sections: ToldSections,
  at: number,
): SeenLeak {
  const sum = (of: (socketClass: SocketClass) => number): number =>
    classes.reduce((total, socketClass) => total + of(socketClass), 0);
  const leakedOf = ({ aged, sent, count }: SocketClass): number => (aged && !sent ? count : 0);
  const orphaned = orphans?.count ?? 0;
  const leaked = sum(leakedOf) + orphaned;
  const processes = processesOf(classes, orphans);
  const evidence = evidenceOf(processes, sections);
  const heldBy = (pid: number): number =>
    sum((socketClass) => (socketClass.pid === pid ? leakedOf(socketClass) : 0)) + (orphans?.held.get(pid) ?? 0);
  // As history has it (leak-history.queries.ts): a half-close that works may be older than all that leaks.
  const suspects = classes.some(({ sent }) => !sent) || orphaned > 0 ? classes.filter(({ sent }) => !sent) : classes;
  const oldest = [...suspects.map(({ oldestAt }) => oldestAt.getTime()), ...(orphans ? [orphans.oldestAt] : [])];
  return {
    subject,
    key,
    processes,
    count: sum(({ count }) => count),
    leaked,
    old: sum(({ sent, old }) => (sent ? 0 : old)) + (orphans?.old ?? 0),
    opened: sum(({ sent, opened }) => (sent ? 0 : opened)),
    young: sum(({ aged, count }) => (aged ? 0 : count)),
    orphaned,
    acceptQueue: acceptQueueOf(classes),
    oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
    // What leaves CLOSE_WAIT and stays open is no turnover, young as the others are.
    finding: judge(classes.map(observed), evidence, { at, ...(orphaned > 0 ? {} : turnoverOf(subject, sections)) }),
    evidence,
    heldShare: evidence === undefined || leaked === 0 ? 1 : Math.min(1, heldBy(evidence.process.pid) / leaked),
    evidenceAt: evidence === undefined ? null : (sections.evidence?.takenAt ?? null),
  };
}

function acceptQueueOf(classes: readonly SocketClass[]): SeenLeak['acceptQueue'] {
  const queued = classes.filter(({ queueLength }) => queueLength !== null);
  if (queued.length === 0) return null;
  const limits = queued.flatMap(({ queueLimit }) => (queueLimit === null ? [] : [queueLimit]));
  return {
    length: Math.max(...queued.map(({ queueLength }) => queueLength ?? 0)),
    limit: limits.length === 0 ? null : Math.max(...limits),
  };
}

function processesOf(classes: readonly SocketClass[], orphans: OrphanGroup | undefined): SeenLeak['processes'] {
  const held = new Map<number, { startedAt: string | null; count: number }>();
  for (const { pid, startedAt, count } of classes) {
    if (pid !== null) held.set(pid, { startedAt, count: (held.get(pid)?.count ?? 0) + count });
  }
  for (const [pid, count] of orphans?.held ?? []) {
    const { startedAt = null, count: before = 0 } = held.get(pid) ?? {};
    held.set(pid, { startedAt, count: before + count });
  }
  return [...held].sort(([, a], [, b]) => b.count - a.count).map(([pid, { startedAt }]) => ({ pid, startedAt }));
}

function evidenceOf(processes: SeenLeak['processes'], { evidence }: ToldSections): ProcessEvidence | undefined {
  for (const { pid, startedAt } of processes) {
    const found = evidence?.content.find(
      ({ process }) => process.pid === pid && (startedAt === null || process.startedAt === startedAt),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function turnoverOf(
  { service, direction, endpoint }: LeakSubject,
  { turnover }: ToldSections,
): { turnover?: { opened: number; closed: number } } {
  const passed = (turnover?.content ?? []).filter(
    (told) =>
      told.direction === direction &&
      told.endpoint.port === endpoint.port &&
      (endpoint.address === null || told.endpoint.address === endpoint.address) &&
      (service === null || told.process === null || told.process.executable === service.executable),
  );
  if (passed.length === 0) return {};
  return {
    turnover: {
      opened: passed.reduce((total, { opened }) => total + opened, 0),
      closed: passed.reduce((total, { closed }) => total + closed, 0),
    },
  };
}

/** A class as judges take it. */
function observed(row: SocketClass): ObservedSocket {
  const pids = row.pids === null ? (row.pid === null ? [] : [row.pid]) : (JSON.parse(row.pids) as number[]);
  return {
    direction: row.direction,
    openedBefore: row.oldestAt.toISOString(),
    recvQueue: Number(row.recvQueue),
    sendQueue: Number(row.sendQueue),
    bytesAcked: row.bytesAcked === null ? null : Number(row.bytesAcked),
    lastSentAt: row.lastSentAt,
    timer: row.timer === null ? null : { kind: row.timer, retries: row.retries ?? 0 },
    acceptQueue: row.queueLength === null ? null : { length: row.queueLength, limit: row.queueLimit },
    ownership: row.ownership,
    owners: pids.map((pid) => ({ pid, startedAt: pid === row.pid ? row.startedAt : null })),
    valuedAt: row.valuedAt.toISOString(),
    count: row.count,
  };
}

/**
 * Orphans by leak key, at an instant (milliseconds). `known`: what they were in CLOSE_WAIT, by socketId; of others the
 * service is all that is known. Where only the oldest are listed the rest is taken to be like them.
 */
export function groupOrphans(
  netns: number,
  { count, items }: Orphans,
  known: ReadonlyMap<string, SubjectRow>,
  at: number,
): OrphanGroup[] {
  const groups = new Map<
    string,
    { subject: LeakSubject; listed: number; old: number; oldestAt: number; held: Map<number, number> }
  >();
  for (const { socketId, orphanedAt, owners } of items) {
    const owner = owners[0];
    const subject = leakSubjectOf(
      netns,
      known.get(socketId) ?? {
        direction: null,
        port: 0,
        address: null,
        ownership: 'known',
        executable: owner?.executable ?? null,
        unit: owner?.unit ?? null,
        container: owner?.containerId ?? null,
      },
    );
    const key = leakKey(subject);
    const orphaned = Date.parse(orphanedAt);
    const group = groups.get(key) ?? { subject, listed: 0, old: 0, oldestAt: orphaned, held: new Map() };
    if (owner !== undefined) group.held.set(owner.pid, (group.held.get(owner.pid) ?? 0) + 1);
    group.listed++;
    if (at - orphaned >= OLD_MS) group.old++;
    group.oldestAt = Math.min(group.oldestAt, orphaned);
    groups.set(key, group);
  }
  const share = items.length === 0 ? 0 : count / items.length;
  return [...groups.values()].map(({ listed, old, held, ...group }) => ({
    ...group,
    count: Math.round(listed * share),
    old: Math.round(old * share),
    held: new Map([...held].map(([pid, many]) => [pid, many * share])),
  }));
}
