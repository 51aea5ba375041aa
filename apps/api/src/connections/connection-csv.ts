import {
  type Connection,
  type ConnectionChangeItem,
  type ConnectionGroup,
  type ConnectionItem,
  type ConnectionSurvival,
  type FoundConnection,
  type GroupSubject,
} from '@closewatch/protocol';
import { type CsvColumns, csvOf, csvOfPage, joined } from '../csv/csv-table.ts';
import { isoInstant } from '../time/clock.ts';

const owners =
  <Owner extends Connection['owners'][number]>(of: (owner: Owner) => string | number | undefined) =>
  ({ owners }: { owners: Owner[] }): string =>
    joined(owners.map(of));

const VERDICT: CsvColumns<Pick<ConnectionItem, 'verdict'>> = {
  verdict: ({ verdict }) => verdict?.verdict ?? null,
  verdict_confidence: ({ verdict }) => verdict?.confidence ?? null,
};

const COLUMNS: CsvColumns<ConnectionItem> = {
  socket_id: ({ socketId }) => socketId,
  transport: ({ transport }) => transport,
  local_address: ({ local }) => local.address,
  local_port: ({ local }) => local.port,
  peer_address: ({ peer }) => peer.address,
  peer_port: ({ peer }) => peer.port,
  direction: ({ direction }) => direction,
  opened_after: ({ openedAfter }) => openedAfter,
  opened_before: ({ openedBefore }) => openedBefore,
  first_seen_at: ({ firstSeenAt }) => firstSeenAt,
  last_seen_at: ({ lastSeenAt }) => lastSeenAt,
  ended_at: ({ endedAt }) => endedAt ?? null,
  ended_as: ({ endedAs }) => endedAs ?? null,
  age_at_least_seconds: ({ ageSeconds }) => ageSeconds.atLeast,
  age_at_most_seconds: ({ ageSeconds }) => ageSeconds.atMost,
  recv_queue_bytes: ({ recvQueue }) => recvQueue,
  send_queue_bytes: ({ sendQueue }) => sendQueue,
  bytes_acked: ({ bytesAcked }) => bytesAcked,
  last_sent_at: ({ lastSentAt }) => lastSentAt,
  timer: ({ timer }) => timer?.kind ?? null,
  timer_expires_in_ms: ({ timer }) => timer?.expiresInMs ?? null,
  timer_retries: ({ timer }) => timer?.retries ?? null,
  accept_queue_length: ({ acceptQueue }) => acceptQueue?.length ?? null,
  accept_queue_limit: ({ acceptQueue }) => acceptQueue?.limit ?? null,
  uid: ({ uid }) => uid,
  ownership: ({ ownership }) => ownership,
  owner_pids: owners(({ pid }) => pid),
  owner_executables: owners(({ executable }) => executable),
  owner_commands: owners(({ command }) => command),
  owner_units: owners(({ unit }) => unit),
  owner_container_ids: owners(({ containerId }) => containerId),
  ...VERDICT,
};

export const connectionsCsv = csvOfPage<ConnectionItem>('connections', COLUMNS, { pinned: 'at' });

export const diffCsv = csvOfPage<ConnectionChangeItem>(
  'connection-diff',
  { change: ({ change }) => change, ...COLUMNS },
  { pinned: 'b' },
);

export const searchCsv = csvOfPage<FoundConnection>('connection-search', {
  host_id: ({ host }) => host.id,
  hostname: ({ host }) => host.hostname,
  netns: ({ netns }) => netns,
  ...COLUMNS,
});

type Subject<By extends GroupSubject['by']> = Extract<GroupSubject, { by: By }>;

const SUBJECT: CsvColumns<GroupSubject> = {
  group_by: ({ by }) => by,
  pid: (subject) => process(subject)?.pid ?? null,
  process_started_at: (subject) => process(subject)?.startedAt ?? null,
  executable: (subject) => process(subject)?.executable ?? null,
  unit: (subject) => process(subject)?.unit ?? null,
  container_id: (subject) => process(subject)?.containerId ?? null,
  ownership: (subject) => (subject.by === 'process' ? subject.ownership : null),
  peer_address: (subject) => (subject.by === 'peer' ? subject.address : null),
  port_side: (subject) => (subject.by === 'port' ? subject.side : null),
  port: (subject) => (subject.by === 'port' ? subject.port : null),
};

function process(subject: GroupSubject): Subject<'process'>['process'] {
  return subject.by === 'process' ? subject.process : null;
}

function ofSubject<Row>(subjectOf: (row: Row) => GroupSubject | null): CsvColumns<Row> {
  return Object.fromEntries(
    Object.entries(SUBJECT).map(([name, valueOf]) => [
      name,
      (row: Row) => {
        const subject = subjectOf(row);
        return subject === null ? null : valueOf(subject);
      },
    ]),
  );
}

export const groupsCsv = csvOfPage<ConnectionGroup>(
  'connection-groups',
  {
    ...ofSubject<ConnectionGroup>(({ subject }) => subject),
    connections: ({ count }) => count,
    aged_connections: ({ aged }) => aged,
    oldest_opened_before: ({ oldest }) => oldest.openedBefore,
    oldest_age_seconds: ({ oldest }) => oldest.ageSeconds,
    recv_queue_bytes: ({ recvQueueBytes }) => recvQueueBytes,
    ...VERDICT,
  },
  { pinned: 'at' },
);

interface SurvivalRow {
  readonly part: 'all' | 'group' | 'others';
  readonly subject: GroupSubject | null;
  readonly at: number;
  readonly entered: number;
  readonly remaining: number;
  readonly median: number | null;
}

/** A line for each step of the cohort as a whole, then of each group. */
export const survivalCsv = csvOf<ConnectionSurvival, SurvivalRow>(
  'connection-survival',
  {
    part: ({ part }) => part,
    ...ofSubject<SurvivalRow>(({ subject }) => subject),
    at: ({ at }) => isoInstant(at),
    entered_connections: ({ entered }) => entered,
    remaining_connections: ({ remaining }) => remaining,
    median_lifetime_seconds: ({ median }) => median,
  },
  ({ t, groups, others, ...all }) =>
    [
      { part: 'all' as const, subject: null, ...all },
      ...groups.map((group) => ({ part: 'group' as const, ...group })),
      ...(others === null ? [] : [{ part: 'others' as const, subject: null, ...others }]),
    ].flatMap(({ part, subject, entered, remaining, medianLifetimeSeconds: median }) =>
      t.map((at, step) => ({ part, subject, at, entered, remaining: remaining[step] ?? 0, median })),
    ),
);
