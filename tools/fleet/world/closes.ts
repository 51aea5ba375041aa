import { instantIn } from './flow.ts';
import { type HostPlan, type Place } from './host.ts';
import { keyFor, noise } from './random.ts';
import { amountBy, quietest, type Wave } from './wave.ts';

const DAY_MS = 86_400_000;
/** Linux keeps TIME_WAIT so long, whatever happens (TCP_TIMEWAIT_LEN in include/net/tcp.h). */
export const TIME_WAIT_MS = 60_000;
const UNREST_MS = 20_000;

/** A burst a day, on balancers and web servers: somebody's load test, a cache that was emptied. */
const BURSTS: Readonly<Record<string, { readonly closes: number; readonly lastsMs: number }>> = {
  lb: { closes: 60_000, lastsMs: 150_000 },
  web: { closes: 9_000, lastsMs: 90_000 },
};

/** How many connections this side of a place has closed first since 2020. It only grows: a kernel counter is made of it. */
export function closesBy(host: HostPlan, place: Place, atMs: number): number {
  const perSecond = place.services.reduce((sum, { program }) => sum + program.closesPerSecond, 0) * host.size;
  const wave: Wave = { perSecond, shape: host.shape };
  // As restless as it may be without ever going back.
  const unrest = 0.3 * perSecond * quietest(host.shape) * (UNREST_MS / 1_000);
  const steady = Math.floor(amountBy(wave, atMs) + unrest * noise(place.key, atMs, UNREST_MS));
  return steady + (place.netns === 0 ? burstsBy(host, atMs) : 0);
}

function burstsBy(host: HostPlan, atMs: number): number {
  const burst = BURSTS[host.role.name];
  if (burst === undefined) return 0;
  const today = Math.floor(atMs / DAY_MS);
  const startMs = instantIn({ key: keyFor(host.key, 'burst'), periodMs: DAY_MS }, today);
  const part = Math.min(1, Math.max(0, (atMs - startMs) / burst.lastsMs));
  return today * burst.closes + Math.floor(part * burst.closes);
}

/** Sockets in TIME_WAIT: what was closed in the last minute, on a host that is up since `bootedMs`. */
export function timeWaitAt(host: HostPlan, place: Place, bootedMs: number, atMs: number): number {
  return closesBy(host, place, atMs) - closesBy(host, place, Math.max(bootedMs, atMs - TIME_WAIT_MS));
}
