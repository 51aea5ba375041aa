import { type Connection, type ProcessEvidence, type Snapshot } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';
import { ageText } from '../terminal/age.ts';
import { type Paint } from '../terminal/paint.ts';
import { tableLines, type Column } from '../terminal/table.ts';
import { ageOf, groupLeaks, leakClassOf, type LeakClass, type LeakGroup } from './leak-groups.ts';

export interface ReportOptions {
  /** The instant of the ages, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly minAgeSeconds: number;
  /** Characters in a line; infinite where lines may have any length. */
  readonly width: number;
  readonly paint: Paint;
}

const CLASS_WORDS: Readonly<Record<LeakClass, string>> = {
  owned: '-',
  inherited: 'inherited',
  not_accepted: 'not accepted',
  owner_hidden: 'owner hidden',
  kernel_owned: 'no owner',
};
const GROUP_COLUMNS: readonly Column[] = [
  { heading: 'COUNT', align: 'right' },
  { heading: 'AGED', align: 'right' },
  { heading: 'OLDEST', align: 'right' },
  { heading: 'UNREAD', align: 'right' },
  { heading: 'ENDPOINT', atLeast: 16 },
  { heading: 'PID', align: 'right' },
  { heading: 'PROCESS', atLeast: 8 },
  { heading: 'CLASS' },
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
  { heading: 'CLASS' },
];

type Told = Pick<Snapshot, 'counts' | 'connections' | 'evidence' | 'orphans'>;

/** What `closewatch-agent leaks` shows of a snapshot: a table of groups, and the evidence of the processes in it. */
export function leakGroupLines(
  { counts, connections, evidence = [], orphans }: Told,
  options: ReportOptions,
): string[] {
  const { paint, width, nowMs, minAgeSeconds } = options;
  const open = connections.filter(({ endedAs }) => endedAs === undefined);
  const groups = groupLeaks(open, nowMs, minAgeSeconds);
  const total = counts.close_wait;
  const lines = [summaryLine(total, groups, options)];
  if (groups.length > 0) {
    const [heading = '', ...rows] = tableLines(
      GROUP_COLUMNS,
      groups.map((group) => groupCells(group, paint)),
      width,
    );
    lines.push('', paint('bold', heading), ...rows);
  }
  if (orphans !== undefined && orphans.count > 0) {
    lines.push(
      '',
      paint('bold', `${orphans.count} orphaned: gone from the kernel's tables, the descriptor is still open`),
      ...orphans.items.slice(0, 20).flatMap(({ owners: [owner] }) => {
        return owner === undefined
          ? []
          : [`  ${owner.executable} (${owner.pid}) descriptor ${owner.descriptor ?? '?'}`];
      }),
    );
  }
  if (evidence.length > 0) lines.push('', ...evidence.flatMap((each) => evidenceLines(each, paint)));
  return lines;
}

/** The same, a line for each connection, the oldest first. */
export function leakConnectionLines({ counts, connections }: Told, options: ReportOptions): string[] {
  const { paint, width, nowMs, minAgeSeconds } = options;
  const open = connections
    .filter(({ endedAs }) => endedAs === undefined)
    .toSorted((a, b) => (a.openedBefore < b.openedBefore ? -1 : 1));
  const lines = [summaryLine(counts.close_wait, groupLeaks(open, nowMs, minAgeSeconds), options)];
  if (open.length === 0) return lines;
  const [heading = '', ...rows] = tableLines(
    CONNECTION_COLUMNS,
    open.map((connection) => connectionCells(connection, nowMs)),
    width,
  );
  return [...lines, '', paint('bold', heading), ...rows];
}

function summaryLine(
  total: number | null,
  groups: readonly LeakGroup[],
  { minAgeSeconds, paint }: ReportOptions,
): string {
  const aged = groups.reduce((sum, group) => sum + group.aged, 0);
  if (total === 0 && groups.length === 0) return paint('green', 'No connection is in CLOSE_WAIT.');
  const text = `${total ?? '?'} in CLOSE_WAIT, ${aged} of them for ${ageText(minAgeSeconds)} or longer`;
  return aged > 0 ? paint('red', text) : text;
}

function groupCells(group: LeakGroup, paint: Paint): string[] {
  const { process, endpoint, direction } = group;
  const arrow = direction === 'outbound' ? '→ ' : direction === 'inbound' ? '← ' : '';
  return [
    String(group.count),
    group.aged > 0 ? paint('red', String(group.aged)) : '0',
    boundedAge(group.oldest),
    String(group.unread),
    `${arrow}${endpoint.address === null ? `*:${endpoint.port}` : formatEndpoint({ address: endpoint.address, port: endpoint.port })}`,
    process === null ? '-' : String(process.pid),
    process?.executable ?? '-',
    CLASS_WORDS[group.class],
    process?.command ?? '',
  ];
}

function connectionCells(connection: Connection, nowMs: number): string[] {
  const [owner] = connection.owners;
  return [
    boundedAge(ageOf(connection, nowMs)),
    String(connection.recvQueue),
    String(connection.sendQueue),
    formatEndpoint(connection.local),
    formatEndpoint(connection.peer),
    owner === undefined ? '-' : String(owner.pid),
    owner?.descriptor === undefined || owner.descriptor === null ? '-' : String(owner.descriptor),
    owner?.executable ?? '-',
    CLASS_WORDS[leakClassOf(connection)],
  ];
}

/** Two bounds that read alike are one. */
function boundedAge({ atLeast, atMost }: LeakGroup['oldest']): string {
  const least = ageText(atLeast);
  return atMost === null || ageText(atMost) !== least ? `≥ ${least}` : least;
}

function evidenceLines(evidence: ProcessEvidence, paint: Paint): string[] {
  const { process, threads, waits, cpu, throttling, descriptors, missing } = evidence;
  const doing = waits
    .slice(0, 4)
    .map(({ state, wchan, syscall, threads: many }) =>
      `${many} ${state} ${[syscall, wchan].filter(Boolean).join('/')}`.trim(),
    );
  const facts = [
    `${threads.total} threads: ${doing.join(', ') || 'not to be read'}`,
    ...(cpu === null
      ? []
      : [
          `CPU ${milliseconds(cpu.runMsPerSecond)} running, ${milliseconds(cpu.runQueueWaitMsPerSecond)} waiting for one`,
        ]),
    ...(throttling === null ? [] : [`throttled ${milliseconds(throttling.throttledMsPerSecond)}`]),
    ...(descriptors.used === null ? [] : [`descriptors ${descriptors.used} of ${descriptors.limit ?? 'unlimited'}`]),
  ];
  return [
    `${paint('bold', `${process.executable} (${process.pid})`)}  ${facts.join('; ')}`,
    ...missing.map((lack) => `  ${paint('dim', `not seen: ${lack}`)}`),
  ];
}

function milliseconds(perSecond: number): string {
  return `${Number(perSecond.toPrecision(3))} ms/s`;
}
