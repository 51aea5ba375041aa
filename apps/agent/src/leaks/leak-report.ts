import { phrase, type Language, type PhraseParameters } from '@closewatch/messages';
import { type Connection, type ProcessEvidence, type Snapshot } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';
import { ageText } from '../terminal/age.ts';
import { type Paint } from '../terminal/paint.ts';
import { tableLines, type Column } from '../terminal/table.ts';
import { findingLines, verdictText } from './finding-lines.ts';
import { ageOf, findingOn, groupLeaks, type LeakGroup, type Telling } from './leak-groups.ts';

export interface ReportOptions {
  /** The instant of the ages, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly minAgeSeconds: number;
  /** Characters in a line; infinite where lines may have any length. */
  readonly width: number;
  readonly paint: Paint;
  readonly language: Language;
}

/** Of so many groups it is said at length why they do not close. */
const MOST_FINDINGS = 20;

const GROUP_COLUMNS: readonly Column[] = [
  { heading: 'COUNT', align: 'right' },
  { heading: 'AGED', align: 'right' },
  { heading: 'OLDEST', align: 'right' },
  { heading: 'UNREAD', align: 'right' },
  { heading: 'ENDPOINT', atLeast: 16 },
  { heading: 'PID', align: 'right' },
  { heading: 'PROCESS', atLeast: 8 },
  { heading: 'VERDICT' },
  { heading: 'COMMAND', atLeast: 8 },
];
const CONNECTION_COLUMNS: readonly Column[] = [
  { heading: 'AGE', align: 'right' },
  { heading: 'RECV-Q', align: 'right' },
  { heading: 'SEND-Q', align: 'right' },
  { heading: 'LOCAL', atLeast: 16 },
  { heading: 'PEER', atLeast: 16 },
  { heading: 'PID', align: 'right' },
  { heading: 'FD', align: 'right' },
  { heading: 'PROCESS', atLeast: 8 },
  { heading: 'VERDICT' },
];

type Told = Pick<Snapshot, 'counts' | 'connections' | 'evidence' | 'orphans'>;

/** What `closewatch-agent leaks` shows of a snapshot: a table of groups, and the evidence of the processes in it. */
export function leakGroupLines(
  { counts, connections, evidence = [], orphans }: Told,
  options: ReportOptions,
): string[] {
  const { paint, width, language } = options;
  const open = connections.filter(({ endedAs }) => endedAs === undefined);
  const groups = groupLeaks(open, { ...options, evidence });
  const lines = [summaryLine(counts.close_wait, groups, options)];
  if (groups.length > 0) {
    const [heading = '', ...rows] = tableLines(
      GROUP_COLUMNS,
      groups.map((group) => groupCells(group, options)),
      width,
    );
    lines.push('', paint('bold', heading), ...rows);
  }
  lines.push(...orphanLines(orphans, options));
  for (const group of groups.slice(0, MOST_FINDINGS)) {
    lines.push('', groupTitle(group, options), ...findingLines(group.finding, language, paint));
  }
  if (groups.length > MOST_FINDINGS) {
    lines.push('', phrase(language, 'leaks.more', { count: groups.length - MOST_FINDINGS }));
  }
  if (evidence.length > 0) lines.push('', ...evidence.flatMap((each) => evidenceLines(each, options)));
  return lines;
}

function orphanLines(orphans: Told['orphans'], { paint, language }: ReportOptions): string[] {
  if (orphans === undefined || orphans.count === 0) return [];
  const owned = orphans.items.slice(0, 20).flatMap(({ owners: [owner] }) => (owner === undefined ? [] : [owner]));
  return [
    '',
    paint('bold', phrase(language, 'leaks.orphaned', { count: orphans.count })),
    ...owned.map(({ executable, pid, descriptor }) => {
      const named = { executable, pid, descriptor: descriptor === null ? '?' : String(descriptor) };
      return `  ${phrase(language, 'leaks.descriptor', named)}`;
    }),
  ];
}

/** `checkout (4711) ← *:8080: Code leak, 95% sure`. */
function groupTitle(group: LeakGroup, { paint, language }: ReportOptions): string {
  const { process, finding } = group;
  const who = process === null ? '' : `${process.executable} (${process.pid}) `;
  const sure =
    finding.verdict === 'unknown'
      ? ''
      : `  ${phrase(language, 'finding.confidence', { confidenceShare: finding.confidence })}`;
  return `${paint('bold', `${who}${endpointText(group)}  ${phrase(language, `verdict.${finding.verdict}`)}`)}${sure}`;
}

/** The same, a line for each connection, the oldest first. */
export function leakConnectionLines({ counts, connections, evidence = [] }: Told, options: ReportOptions): string[] {
  const { paint, width } = options;
  const telling = { ...options, evidence };
  const open = connections
    .filter(({ endedAs }) => endedAs === undefined)
    .toSorted((a, b) => (a.openedBefore < b.openedBefore ? -1 : 1));
  const lines = [summaryLine(counts.close_wait, groupLeaks(open, telling), options)];
  if (open.length === 0) return lines;
  const [heading = '', ...rows] = tableLines(
    CONNECTION_COLUMNS,
    open.map((connection) => connectionCells(connection, telling, options.language)),
    width,
  );
  return [...lines, '', paint('bold', heading), ...rows];
}

function summaryLine(
  total: number | null,
  groups: readonly LeakGroup[],
  { minAgeSeconds, paint, language }: ReportOptions,
): string {
  const aged = groups.reduce((sum, group) => sum + group.aged, 0);
  if (total === 0 && groups.length === 0) return paint('green', phrase(language, 'leaks.none'));
  const parameters: PhraseParameters = total === null ? { aged, minAgeSeconds } : { total, aged, minAgeSeconds };
  const text = phrase(language, 'leaks.summary', parameters);
  return aged > 0 ? paint('red', text) : text;
}

function groupCells(group: LeakGroup, { paint, language }: ReportOptions): string[] {
  const { process } = group;
  return [
    String(group.count),
    group.aged > 0 ? paint('red', String(group.aged)) : '0',
    boundedAge(group.oldest),
    String(group.unread),
    endpointText(group),
    process === null ? '-' : String(process.pid),
    process?.executable ?? '-',
    verdictText(group.finding, language),
    process?.command ?? '',
  ];
}

function endpointText({ direction, endpoint: { address, port } }: LeakGroup): string {
  const arrow = direction === 'outbound' ? '→ ' : direction === 'inbound' ? '← ' : '';
  return `${arrow}${address === null ? `*:${port}` : formatEndpoint({ address, port })}`;
}

function connectionCells(connection: Connection, telling: Telling, language: Language): string[] {
  const [owner] = connection.owners;
  return [
    boundedAge(ageOf(connection, telling.nowMs)),
    String(connection.recvQueue),
    String(connection.sendQueue),
    formatEndpoint(connection.local),
    formatEndpoint(connection.peer),
    owner === undefined ? '-' : String(owner.pid),
    owner?.descriptor === undefined || owner.descriptor === null ? '-' : String(owner.descriptor),
    owner?.executable ?? '-',
    verdictText(findingOn([connection], telling), language),
  ];
}

/** Two bounds that read alike are one. */
function boundedAge({ atLeast, atMost }: LeakGroup['oldest']): string {
  const least = ageText(atLeast);
  return atMost === null || ageText(atMost) !== least ? `≥ ${least}` : least;
}

function evidenceLines(evidence: ProcessEvidence, { paint, language }: ReportOptions): string[] {
  const { process, threads, waits, cpu, throttling, descriptors } = evidence;
  const doing = waits
    .slice(0, 4)
    .map(({ state, wchan, syscall, threads: many }) =>
      `${many} ${state} ${[syscall, wchan].filter(Boolean).join('/')}`.trim(),
    )
    .join(', ');
  const facts: [string, PhraseParameters][] = [
    doing === ''
      ? ['leaks.threads_unread', { threads: threads.total }]
      : ['leaks.threads', { threads: threads.total, doing }],
  ];
  if (cpu !== null) {
    const { runMsPerSecond, runQueueWaitMsPerSecond: waitMsPerSecond } = cpu;
    facts.push(['leaks.cpu', { runMsPerSecond, waitMsPerSecond }]);
  }
  if (throttling !== null) {
    facts.push(['leaks.throttled', { throttledMsPerSecond: throttling.throttledMsPerSecond }]);
  }
  const { used, limit } = descriptors;
  if (used !== null)
    facts.push(limit === null ? ['leaks.descriptors_unlimited', { used }] : ['leaks.descriptors', { used, limit }]);
  const told = facts.map(([key, parameters]) => phrase(language, key, parameters)).join('; ');
  return [`${paint('bold', `${process.executable} (${process.pid})`)}  ${told}`];
}
