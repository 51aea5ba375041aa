import { formatEndpoint } from '@closewatch/socket-states';
import type { Owner } from '@closewatch/protocol';
import { argumentsOf, baseName } from '../ui/process-name.ts';
import type { HeardConnection } from '../live/host-watch.ts';

export const SORT_KEYS = [
  'age',
  'local',
  'direction',
  'peer',
  'process',
  'verdict',
  'pid',
  'descriptor',
  'recvQueue',
  'sendQueue',
  'uid',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** The longest wait first. */
export const DEFAULT_SORT: Sort = { key: 'age', descending: true };

/** A connection with the texts its row shows, made once for each change. */
export interface ConnectionRow {
  readonly connection: HeardConnection;
  readonly local: string;
  readonly peer: string;
  /** Name of the first owner's executable, without its folder; null without an owner. */
  readonly process: string | null;
  /** The words after the program's in its command line: which of many `node` or `java` this is. */
  readonly commandArguments: string;
  readonly owner: Owner | null;
  /** When it entered CLOSE_WAIT at the latest, in milliseconds since the epoch. */
  readonly openedMs: number;
  /** What the filter looks into, in lower case. */
  readonly haystack: string;
}

export function connectionRow(connection: HeardConnection): ConnectionRow {
  const local = formatEndpoint(connection.local);
  const peer = formatEndpoint(connection.peer);
  const owner = connection.owners[0] ?? null;
  const process = owner === null ? null : baseName(owner.executable);
  const owners = connection.owners.flatMap(({ pid, executable, command, unit }) => [
    pid,
    executable,
    command,
    unit ?? '',
  ]);
  return {
    connection,
    local,
    peer,
    process,
    commandArguments: owner === null ? '' : argumentsOf(owner),
    owner,
    openedMs: Date.parse(connection.openedBefore),
    haystack: [local, peer, ...owners].join('\n').toLowerCase(),
  };
}

/** Rows that contain every word of `filter`, in any of their texts. */
export function filterRows(rows: readonly ConnectionRow[], filter: string): readonly ConnectionRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? rows : rows.filter(({ haystack }) => words.every((word) => haystack.includes(word)));
}

const collator = new Intl.Collator('en', { numeric: true });

/** Rows in order; what is not known stands last either way, and equal rows keep one order by socketId. */
export function sortRows(rows: readonly ConnectionRow[], { key, descending }: Sort): readonly ConnectionRow[] {
  const value = VALUES[key];
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: value(row) }))
    .sort((a, b) => {
      if (a.value !== b.value) {
        if (a.value === null) return 1;
        if (b.value === null) return -1;
        return sign * compare(a.value, b.value);
      }
      return a.row.connection.socketId < b.row.connection.socketId ? -1 : 1;
    })
    .map(({ row }) => row);
}

export function sortOf(key: string | undefined, order: string | undefined): Sort {
  const known = SORT_KEYS.find((candidate) => candidate === key);
  return known === undefined ? DEFAULT_SORT : { key: known, descending: order === 'desc' };
}

type SortValue = string | number | null;

const VALUES: Readonly<Record<SortKey, (row: ConnectionRow) => SortValue>> = {
  age: ({ openedMs }) => -openedMs,
  local: ({ local }) => local,
  direction: ({ connection }) => connection.direction,
  peer: ({ peer }) => peer,
  process: ({ process }) => process,
  verdict: ({ connection }) => connection.verdict?.verdict ?? null,
  pid: ({ owner }) => owner?.pid ?? null,
  descriptor: ({ owner }) => owner?.descriptor ?? null,
  recvQueue: ({ connection }) => connection.recvQueue,
  sendQueue: ({ connection }) => connection.sendQueue,
  uid: ({ connection }) => connection.uid,
};

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
