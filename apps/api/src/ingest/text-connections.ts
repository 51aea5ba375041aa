import { type Connection } from '@closewatch/protocol';
import { type CutSocket, fiveTupleKey, mayBe, type SocketText, type TextSocket } from '@closewatch/socket-states';
import { isoInstant } from '../time/clock.ts';
import { textSocketId } from './text-socket-id.ts';

/** From the tool's look at the kernel to the text's being here: it runs, and a request takes at most a minute. */
const UNDER_WAY_MS = 70_000;
/** Pairs of a cut line and an open connection that are compared one by one. */
const MOST_COMPARED = 1_000_000;

export interface TextSnapshotParts {
  /** The host's agentId. */
  readonly hostId: string;
  readonly text: SocketText;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  /** What is open on the server. */
  readonly open: readonly Connection[];
}

/**
 * The CLOSE_WAIT connections of a text as the contract has them, and those of the server that one of its cut lines may
 * be: these are not known to have ended.
 */
export function textConnections(parts: TextSnapshotParts): Connection[] {
  const openByTuple = Map.groupBy(parts.open, fiveTupleKey);
  const connections = new Map<string, Connection>();
  for (const socket of parts.text.closeWait) {
    const connection = connectionOf(socket, parts, openByTuple);
    connections.set(connection.socketId, connection);
  }
  const takenAt = isoInstant(parts.takenAt);
  for (const connection of stillThere(parts)) {
    if (!connections.has(connection.socketId)) {
      connections.set(connection.socketId, { ...connection, lastSeenAt: takenAt });
    }
  }
  return [...connections.values()];
}

function connectionOf(
  socket: TextSocket,
  { hostId, text, takenAt }: TextSnapshotParts,
  openByTuple: ReadonlyMap<string, Connection[]>,
): Connection {
  const { local, peer, recvQueue, sendQueue, uid, inode, info, timer } = socket;
  const fiveTuple = { transport: 'tcp', local, peer } as const;
  const open = openByTuple.get(fiveTupleKey(fiveTuple)) ?? [];
  // tcpi_last_ack_recv ≤ age ≤ tcpi_last_data_recv, counted from the look at the kernel.
  const trusted = info !== null && info.lastAckMs <= info.lastReceivedMs ? info : null;
  const openedAfter = trusted === null ? null : takenAt - UNDER_WAY_MS - trusted.lastReceivedMs;
  const openedBefore = takenAt - (trusted?.lastAckMs ?? 0);
  const socketId = textSocketId({ hostId, fiveTuple, socket, seenAt: takenAt, openedAfter, open });
  const known = open.find((connection) => connection.socketId === socketId);
  const inbound = inode === 0 || (text.tells.listeners && text.listeners.has(local));
  return {
    socketId,
    ...fiveTuple,
    direction: inbound ? 'inbound' : (known?.direction ?? null),
    openedAfter: openedAfter === null ? null : isoInstant(Math.max(0, openedAfter)),
    openedBefore: isoInstant(Math.max(0, openedBefore)),
    firstSeenAt: known?.firstSeenAt ?? isoInstant(takenAt),
    lastSeenAt: isoInstant(takenAt),
    recvQueue,
    sendQueue,
    bytesAcked: info?.bytesAcked ?? null,
    lastSentAt: info === null ? null : isoInstant(Math.max(0, takenAt - info.lastSentMs)),
    timer,
    acceptQueue: null,
    uid,
    ownership: socket.owners.length > 0 ? 'known' : inode === 0 ? 'not_accepted' : 'hidden',
    owners: socket.owners.map(({ pid, name, descriptor }) => {
      const shown = name.replaceAll(/[\p{Cc}]/gu, ' ').toWellFormed();
      return { pid, startedAt: null, executable: shown, command: shown, descriptor };
    }),
  };
}

/** Open connections that a cut line may be. */
function stillThere({ text, open }: TextSnapshotParts): Connection[] {
  if (text.cut.length === 0) return [];
  const ipv6 = open.filter(({ local }) => local.address.includes(':'));
  const fits = (cut: CutSocket, { local, peer }: Connection): boolean =>
    mayBe(cut.local, local) && mayBe(cut.peer, peer);
  if (text.tool !== 'busybox netstat') {
    const byPorts = Map.groupBy(ipv6, ({ local, peer }) => `${local.port} ${peer.port}`);
    return text.cut.flatMap((cut) => {
      const ports = `${portOf(cut.local)} ${portOf(cut.peer)}`;
      return (byPorts.get(ports) ?? []).filter((connection) => fits(cut, connection));
    });
  }
  // busybox cuts ports too. Past the bound all of them may be there.
  if (ipv6.length * text.cut.length > MOST_COMPARED) return ipv6;
  return ipv6.filter((connection) => text.cut.some((cut) => fits(cut, connection)));
}

function portOf(cut: string): string {
  return cut.slice(cut.lastIndexOf(':') + 1);
}
