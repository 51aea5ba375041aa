import { lastingUnit } from './leak-key.ts';

/** Keys of detections, each lasting and unique within its host and rule; of leaks see leakKey. */

/** Of rules about the host itself: host_silent, clock_skew, host_starved, system_descriptors. */
export const HOST_KEY = 'host';

/** Rule `descriptors`: a service, not a pid, so that a restart continues the same incident. */
export function processKey(
  netns: number,
  process: { readonly executable: string; readonly unit?: string | null; readonly containerId?: string | null },
): string {
  return JSON.stringify([netns, process.executable, lastingUnit(process.unit), process.containerId ?? null]);
}

/** Rule `ports`: local address towards one peer. */
export function destinationKey(
  netns: number,
  localAddress: string,
  peer: { readonly address: string; readonly port: number },
): string {
  return JSON.stringify([netns, localAddress, peer.address, peer.port]);
}

/** Rules about one namespace: time_wait_overflow, accept_queue, syn_flood. */
export function namespaceKey(netns: number): string {
  return JSON.stringify([netns]);
}

/** Rule `threshold`: a user's own bound, by its name. */
export function thresholdKey(netns: number, name: string): string {
  return JSON.stringify([netns, name]);
}
