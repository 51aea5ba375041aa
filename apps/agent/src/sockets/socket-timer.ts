import { type SocketTimer } from '@closewatch/protocol';

/** By the kernel's number: idiag_timer (net/ipv4/inet_diag.c), and the same in /proc/net/tcp (net/ipv4/tcp_ipv4.c). */
const KINDS: readonly SocketTimer['kind'][] = ['none', 'retransmit', 'keepalive', 'time_wait', 'zero_window_probe'];

const MOST_MS = 4_294_967_295;
const MOST_RETRIES = 255;

/** A timer as the kernel tells it; null for a number that is none of them. */
export function socketTimer(number: number, expiresInMs: number, retries: number): SocketTimer | null {
  const kind = KINDS[number];
  if (kind === undefined) return null;
  return { kind, expiresInMs: Math.min(expiresInMs, MOST_MS), retries: Math.min(retries, MOST_RETRIES) };
}
