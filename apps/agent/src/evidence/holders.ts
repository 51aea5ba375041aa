import { type Owner, type Process } from '@closewatch/protocol';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';

/** What has owners: an orphaned descriptor, however it is followed. */
export interface Owned {
  readonly owners: readonly Owner[];
}

/** A process that holds CLOSE_WAIT sockets or orphaned descriptors: how many, and how many of them unread. */
export interface Holder {
  readonly process: Process;
  closeWait: number;
  unread: number;
  orphaned: number;
}

interface Counting extends Holder {
  /** The socket that was counted last: a process may hold one by several descriptors. */
  last: Owned;
}

/** Who holds these, those that hold most first. */
export function holdersOf(
  sockets: Iterable<Pick<TrackedSocket, 'owners' | 'recvQueue'>>,
  orphans: Iterable<Owned>,
): Holder[] {
  // Ten thousand sockets are few processes: nothing is made for a socket.
  const byPid = new Map<number, Counting[]>();
  let latest: Counting | undefined;
  for (const socket of sockets) {
    const { owners } = socket;
    for (let i = 0; i < owners.length; i++) {
      const owner = owners[i];
      if (owner === undefined) continue;
      // Most have one owner, and the same as the one before.
      const isLatest = latest?.process.pid === owner.pid && latest.process.startedAt === owner.startedAt;
      const holder: Counting | undefined = isLatest ? again(latest, socket) : counting(byPid, owner, socket);
      if (holder === undefined) continue;
      latest = holder;
      holder.closeWait++;
      if (socket.recvQueue > 0) holder.unread++;
    }
  }
  for (const orphan of orphans) {
    for (const owner of orphan.owners) {
      const holder = counting(byPid, owner, orphan);
      if (holder !== undefined) holder.orphaned++;
    }
  }
  return [...byPid.values()].flat().toSorted((a, b) => sizeOf(b) - sizeOf(a));
}

function sizeOf({ closeWait, orphaned }: Holder): number {
  return closeWait + orphaned;
}

/** The holder to count it for; undefined when it was already, or is not known well: a pid alone is reused. */
function counting(byPid: Map<number, Counting[]>, owner: Owner, of: Owned): Counting | undefined {
  const { startedAt } = owner;
  if (startedAt === null) return undefined;
  let holders = byPid.get(owner.pid);
  if (holders === undefined) byPid.set(owner.pid, (holders = []));
  let holder = holders.find(({ process }) => process.startedAt === startedAt);
  if (holder === undefined) {
    holder = { process: processOf(owner, startedAt), closeWait: 0, unread: 0, orphaned: 0, last: of };
    holders.push(holder);
    return holder;
  }
  return again(holder, of);
}

/** The holder, unless this very socket was counted for it already. */
function again(holder: Counting | undefined, of: Owned): Counting | undefined {
  if (holder === undefined || holder.last === of) return undefined;
  holder.last = of;
  return holder;
}

function processOf({ pid, executable, command, unit, containerId }: Owner, startedAt: string): Process {
  return {
    pid,
    startedAt,
    executable,
    command,
    ...(unit === undefined ? {} : { unit }),
    ...(containerId === undefined ? {} : { containerId }),
  };
}
