import { type SocketAges } from '../sockets/socket-table.ts';

/** When a socket entered CLOSE_WAIT: after `openedAfter` (null: nobody knows) and before `openedBefore`. */
export interface AgeBracket {
  readonly openedAfter: number | null;
  readonly openedBefore: number;
}

/** All instants in milliseconds on one clock. */
export interface Sighting {
  /** When the look before began, in which the socket was not in CLOSE_WAIT; null when there was none. */
  readonly previousAt: number | null;
  /** When the look that found it was over. */
  readonly seenAt: number;
  /** What tcp_info said, and when. */
  readonly ages: SocketAges | undefined;
  readonly askedAt: number;
  /** How long the host is up. tcp_info's ages start over after 2^32 ms. */
  readonly uptimeMs: number;
}

/** tcp_info counts in jiffies, 10 ms at the coarsest. */
const JIFFY_MS = 10;
const AGES_WRAP_MS = 2 ** 32;

/**
 * The tightest bracket out of two witnesses: our own looks, and tcp_info, of which
 * `tcpi_last_ack_recv` ≤ age ≤ `tcpi_last_data_recv` holds. Where they contradict each other the looks are right about
 * the end they saw, and wrong about one they missed (a dump is not atomic).
 */
export function ageBracket({ previousAt, seenAt, ages, askedAt, uptimeMs }: Sighting): AgeBracket {
  const ours = { openedAfter: previousAt, openedBefore: seenAt };
  if (ages === undefined || ages.lastAckReceivedMs > ages.lastDataReceivedMs) return ours;
  const before = askedAt - ages.lastAckReceivedMs + JIFFY_MS;
  const after = askedAt - ages.lastDataReceivedMs - JIFFY_MS;
  if (after > seenAt) return ours;
  const openedBefore = Math.min(seenAt, before);
  if (previousAt === null) return { openedAfter: uptimeMs < AGES_WRAP_MS ? after : null, openedBefore };
  const openedAfter = Math.max(previousAt, after);
  return { openedAfter: openedAfter <= openedBefore ? openedAfter : after, openedBefore };
}
