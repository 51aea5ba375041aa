import { type ConnectionItem, type Host, type HostDetails, type HostPicture, type Owner } from '@closewatch/protocol';
import { type Endpoint } from '@closewatch/socket-states';
import { namespaceDetails } from '../sections/host-details.ts';
import { sameVerdict } from './leak-news.ts';
import { type Sections } from '../sections/sections.queries.ts';

const WAVERING_MS = 1_000;

/** A host, seen through one of its namespaces, as its watchers were last told. */
export interface HostFrame {
  readonly cursor: string;
  readonly hostId: number;
  readonly host: Host;
  readonly netns: number;
  readonly connections: ReadonlyMap<string, ConnectionItem>;
  readonly sections: Sections;
  readonly details: HostDetails;
}

/** What a watcher must be told to come from one frame to the next. */
export interface HostChange {
  readonly changed: ConnectionItem[];
  readonly endedSocketIds: string[];
  /** Those of the details that are not as they were. */
  readonly details: Partial<HostDetails>;
}

/** What a host and one of its namespaces are found to be at one moment. */
export interface HostFindings extends Pick<HostFrame, 'cursor' | 'hostId' | 'host' | 'netns' | 'sections'> {
  readonly connections: readonly ConnectionItem[];
  readonly namespaces: HostDetails['namespaces'];
}

export function hostFrame({ connections, namespaces, sections, ...rest }: HostFindings): HostFrame {
  return {
    ...rest,
    connections: new Map(connections.map((item) => [item.socketId, item])),
    sections,
    details: { namespaces, ...namespaceDetails(sections) },
  };
}

/** The same as a watcher gets it, with the leaks and with where the messages after it go on. */
export function pictureOf(
  { host, netns, connections, details }: HostFrame,
  { cursor, leaks }: Pick<HostPicture, 'cursor' | 'leaks'>,
): HostPicture {
  return { cursor, netns, host, connections: [...connections.values()], details, leaks };
}

/** New, changed and ended connections. That one was seen again, and is older, is no change: both hold for all. */
export function hostChange(before: HostFrame, after: HostFrame): HostChange {
  const changed: ConnectionItem[] = [];
  for (const [socketId, item] of after.connections) {
    const known = before.connections.get(socketId);
    if (known === undefined || !sameSubstance(known, item)) changed.push(item);
  }
  const endedSocketIds = [...before.connections.keys()].filter((socketId) => !after.connections.has(socketId));
  return { changed, endedSocketIds, details: detailsChange(before.details, after.details) };
}

/** Sections are replaced as a whole: one that was taken at the same instant is the same. */
function detailsChange(before: HostDetails, after: HostDetails): Partial<HostDetails> {
  const { namespaces, ...sections } = after;
  const names = Object.keys(sections) as (keyof typeof sections)[];
  const changed = names.filter(
    (name) =>
      sections[name]?.takenAt !== before[name]?.takenAt ||
      // A fact that came late is older than the newest one.
      (name === 'kernel' && JSON.stringify(sections.kernel) !== JSON.stringify(before.kernel)),
  );
  return {
    ...Object.fromEntries(changed.map((name) => [name, sections[name]])),
    ...(JSON.stringify(namespaces) === JSON.stringify(before.namespaces) ? {} : { namespaces }),
  };
}

/**
 * Whether a connection is as it was, but for what passes without anything having happened: that it was seen again, and
 * is older. Field by field and what changes most first: of thousands of connections nearly all are as they were.
 */
function sameSubstance(a: ConnectionItem, b: ConnectionItem): boolean {
  return (
    a.recvQueue === b.recvQueue &&
    a.sendQueue === b.sendQueue &&
    a.bytesAcked === b.bytesAcked &&
    sameMoment(a.lastSentAt, b.lastSentAt) &&
    sameTimer(a.timer, b.timer) &&
    a.acceptQueue?.length === b.acceptQueue?.length &&
    a.acceptQueue?.limit === b.acceptQueue?.limit &&
    a.openedAfter === b.openedAfter &&
    a.openedBefore === b.openedBefore &&
    a.firstSeenAt === b.firstSeenAt &&
    a.endedAt === b.endedAt &&
    a.endedAs === b.endedAs &&
    a.direction === b.direction &&
    a.uid === b.uid &&
    a.ownership === b.ownership &&
    sameEndpoint(a.local, b.local) &&
    sameEndpoint(a.peer, b.peer) &&
    a.owners.length === b.owners.length &&
    a.owners.every((owner, index) => sameOwner(owner, b.owners[index])) &&
    sameVerdict(a.verdict, b.verdict)
  );
}

/** The same timer, which runs or was set anew: that it expires earlier or later every time is no news. */
function sameTimer(a: ConnectionItem['timer'], b: ConnectionItem['timer']): boolean {
  return a?.kind === b?.kind && a?.retries === b?.retries;
}

/** Computed from "so long ago" at each sample, an instant wavers by some milliseconds. */
function sameMoment(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || Math.abs(Date.parse(a) - Date.parse(b)) < WAVERING_MS;
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

function sameOwner(a: Owner, b: Owner | undefined): boolean {
  return (
    b !== undefined &&
    a.pid === b.pid &&
    a.descriptor === b.descriptor &&
    a.startedAt === b.startedAt &&
    a.executable === b.executable &&
    a.command === b.command &&
    a.unit === b.unit &&
    a.containerId === b.containerId
  );
}
