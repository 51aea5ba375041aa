import { type Connection, type Owner, type ProcessEvidence } from '@closewatch/protocol';
import { judge, type Finding } from '@closewatch/socket-states';

type ToldConnection = Omit<Connection, 'socketId' | 'firstSeenAt' | 'lastSeenAt' | 'uid'>;

/** When it is told, and with what. */
export interface Telling {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly minAgeSeconds: number;
  readonly evidence: readonly ProcessEvidence[];
}

/**
 * What the owners tell of a CLOSE_WAIT socket: `owned` by one process, `inherited` (open in two or more: close() sends
 * no FIN while one of them holds on), `not_accepted`, `owner_hidden`, `kernel_owned` (no process holds it).
 */
export type LeakClass = 'owned' | 'inherited' | 'not_accepted' | 'owner_hidden' | 'kernel_owned';

/** CLOSE_WAIT connections of one process and one endpoint. Ages in seconds; `atMost` null: no upper bound is known. */
export interface LeakGroup {
  readonly process: Omit<Owner, 'descriptor'> | null;
  readonly class: LeakClass;
  readonly direction: Connection['direction'];
  /** The local end where it is inbound or unknown (its address null when the group has several), else the peer. */
  readonly endpoint: { readonly address: string | null; readonly port: number };
  readonly count: number;
  /** Of these in CLOSE_WAIT for `minAgeSeconds` at least. */
  readonly aged: number;
  readonly oldest: { readonly atLeast: number; readonly atMost: number | null };
  /** With bytes or the end of stream unread (Recv-Q of 1 or more). */
  readonly unread: number;
  readonly recvQueue: number;
  readonly sendQueue: number;
  /** Why they do not close. */
  readonly finding: Finding;
}

export function leakClassOf({ ownership, owners }: Pick<Connection, 'ownership' | 'owners'>): LeakClass {
  if (ownership === 'not_accepted') return 'not_accepted';
  if (ownership === 'hidden') return 'owner_hidden';
  if (owners.length === 0) return 'kernel_owned';
  return new Set(owners.map(({ pid }) => pid)).size > 1 ? 'inherited' : 'owned';
}

/** How long a connection is in CLOSE_WAIT at the instant `nowMs` (milliseconds since 1970), in seconds. */
export function ageOf(
  { openedAfter, openedBefore }: Pick<Connection, 'openedAfter' | 'openedBefore'>,
  nowMs: number,
): LeakGroup['oldest'] {
  const since = (instant: string): number => Math.max(0, (nowMs - Date.parse(instant)) / 1000);
  return { atLeast: since(openedBefore), atMost: openedAfter === null ? null : since(openedAfter) };
}

/** Groups connections by process and endpoint, the largest group first. One with several owners counts for the first. */
export function groupLeaks(connections: readonly ToldConnection[], telling: Telling): LeakGroup[] {
  const groups = new Map<string, ToldConnection[]>();
  for (const connection of connections) {
    const { direction, local, peer } = connection;
    const owner = connection.owners[0];
    const endpoint = direction === 'outbound' ? `${peer.address} ${peer.port}` : String(local.port);
    const key = `${owner?.pid} ${owner?.startedAt} ${leakClassOf(connection)} ${direction} ${endpoint}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [connection]);
    else members.push(connection);
  }
  return [...groups.values()]
    .map((members) => groupOf(members, telling))
    .sort((a, b) => b.count - a.count || b.oldest.atLeast - a.oldest.atLeast);
}

/** Why these do not close, all of them held by the first owner of the first. */
export function findingOn(members: readonly ToldConnection[], { nowMs, evidence }: Telling): Finding {
  const owner = members[0]?.owners[0];
  const held = evidence.find(({ process }) => process.pid === owner?.pid && process.startedAt === owner.startedAt);
  return judge(members, held, { at: nowMs });
}

function groupOf(members: readonly ToldConnection[], telling: Telling): LeakGroup {
  const { nowMs, minAgeSeconds } = telling;
  const [first] = members;
  if (first === undefined) throw new Error('a group has a member');
  const ages = members.map((member) => ageOf(member, nowMs));
  const sum = (valueOf: (member: ToldConnection) => number): number =>
    members.reduce((total, member) => total + valueOf(member), 0);
  return {
    process: first.owners[0] === undefined ? null : withoutDescriptor(first.owners[0]),
    class: leakClassOf(first),
    direction: first.direction,
    endpoint: endpointOf(members, first),
    count: members.length,
    aged: ages.filter(({ atLeast }) => atLeast >= minAgeSeconds).length,
    oldest: ages.reduce((oldest, age) => (age.atLeast > oldest.atLeast ? age : oldest)),
    unread: members.filter(({ recvQueue }) => recvQueue > 0).length,
    recvQueue: sum(({ recvQueue }) => recvQueue),
    sendQueue: sum(({ sendQueue }) => sendQueue),
    finding: findingOn(members, telling),
  };
}

function endpointOf(members: readonly ToldConnection[], first: ToldConnection): LeakGroup['endpoint'] {
  if (first.direction === 'outbound') return first.peer;
  const oneAddress = members.every(({ local }) => local.address === first.local.address);
  return { address: oneAddress ? first.local.address : null, port: first.local.port };
}

function withoutDescriptor({ descriptor: _, ...process }: Owner): Omit<Owner, 'descriptor'> {
  return process;
}
