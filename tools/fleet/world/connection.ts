import type { Connection } from '@closewatch/protocol';
import { leakEnds } from './endpoints.ts';
import { type Place } from './host.ts';
import { instanceAt } from './instance.ts';
import { ACCEPT_QUEUE_LIMIT } from './leak-plan.ts';
import { type Leak, type LeakedSocket } from './leak.ts';
import { ownersOf } from './owner.ts';
import { between, hexOf, mix } from './random.ts';

/** When an agent saw a socket. Instants in milliseconds since 1970; an end only where there was one. */
export interface Sight {
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly endedMs?: number;
  readonly orphaned?: boolean;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
/** What tcp_info tells of a socket's age is right to some milliseconds on one side, to the last data on the other. */
const AGE_DOUBT_MS = 4;
const LAST_DATA_MS = 2_500;
const BYTES_A_SECOND = 1_800;

export function socketIdOf({ flow }: Leak, number: number): string {
  return hexOf(mix(flow.key, 0x6964), number, 16) + (number % 65_536).toString(16).padStart(4, '0');
}

/** A leaked socket as an agent tells of it. `waiting`: sockets in its listener's queue, where nobody accepts. */
export function connectionOf(
  leak: Leak,
  place: Place,
  socket: LeakedSocket,
  sight: Sight,
  waiting: number,
): Connection {
  const { plan, service, host, flow } = leak;
  const { number, openedMs, rank } = socket;
  const { firstSeenMs, lastSeenMs, endedMs, orphaned } = sight;
  const openedBefore = Math.min(firstSeenMs, openedMs + (mix(flow.key, number) % AGE_DOUBT_MS));
  const openedAfter = openedBefore - Math.floor(between(flow.key ^ 1, number, 1, LAST_DATA_MS));
  const instance = instanceAt(host, service, openedMs);
  const halfClose = service.leak === 'half_close';
  const lastSentMs = halfClose ? lastSeenMs - (mix(flow.key, number + 5) % 900) : openedAfter - 40;
  return {
    socketId: socketIdOf(leak, number),
    transport: 'tcp',
    ...leakEnds(place, service, number),
    openedAfter: iso(openedAfter),
    openedBefore: iso(openedBefore),
    firstSeenAt: iso(firstSeenMs),
    lastSeenAt: iso(lastSeenMs),
    ...(endedMs === undefined ? {} : { endedAt: iso(endedMs), endedAs: orphaned === true ? 'orphaned' : 'closed' }),
    recvQueue: Math.floor(between(flow.key ^ 2, number, plan.unread.least, plan.unread.most)),
    sendQueue: halfClose ? mix(flow.key ^ 3, number + (lastSeenMs % 10_007)) % 20_000 : 0,
    bytesAcked: plan.accepted
      ? Math.floor(1_200 + (halfClose ? ((lastSeenMs - openedMs) / 1_000) * BYTES_A_SECOND : (number * 37) % 8_000))
      : 0,
    lastSentAt: plan.accepted ? iso(lastSentMs) : null,
    timer: { kind: plan.orphans ? 'keepalive' : 'none', expiresInMs: plan.orphans ? 15_000 : 0, retries: 0 },
    acceptQueue: plan.accepted ? null : { length: waiting, limit: ACCEPT_QUEUE_LIMIT },
    uid: service.program.uid,
    ownership: plan.accepted ? 'known' : 'not_accepted',
    owners: plan.accepted ? ownersOf(place, service, instance, plan.holders, rank) : [],
  };
}
