import { DestroyRef, inject, signal, type Signal } from '@angular/core';
import type { FleetDelta, FleetPicture, FleetSummary, FleetTotals, Host } from '@closewatch/protocol';
import { LiveConnection } from './live-connection.ts';
import { ANSWER_TIMEOUT_MS, Watched } from './watched.ts';

export interface FleetWatch {
  /** All hosts; null until the first picture. */
  readonly hosts: Signal<readonly Host[] | null>;
  readonly totals: Signal<FleetTotals | null>;
}

/** Watches the fleet as long as the injection context it is called in lives (a page). */
export function watchFleet(): FleetWatch {
  const hosts = signal<readonly Host[] | null>(null);
  const totals = signal<FleetTotals | null>(null);
  const watched = new Watched<FleetPicture, FleetSummary | FleetDelta>(inject(LiveConnection), {
    request: (transport) => transport.timeout(ANSWER_TIMEOUT_MS).emitWithAck('fleet:watch', {}),
    listen: (transport, receive) => {
      transport.on('fleet:summary', receive);
      transport.on('fleet:delta', receive);
      return () => {
        transport.off('fleet:summary', receive);
        transport.off('fleet:delta', receive);
      };
    },
    // The contract has no event to leave the fleet: what still arrives finds no listener.
    release: () => undefined,
    refused: () => undefined,
    show: (picture) => {
      hosts.set(picture.hosts);
      totals.set(picture.totals);
    },
    apply: (message) => {
      if ('totals' in message) totals.set(message.totals);
      else hosts.update((known) => mergeHosts(known ?? [], message.hosts));
    },
  });
  watched.start();
  inject(DestroyRef).onDestroy(() => watched.stop());
  return { hosts: hosts.asReadonly(), totals: totals.asReadonly() };
}

/** Changed hosts take the place of their older selves; new ones are added at the end. */
export function mergeHosts(known: readonly Host[], changed: readonly Host[]): readonly Host[] {
  const byId = new Map(changed.map((host) => [host.id, host]));
  const kept = known.map((host) => {
    const newer = byId.get(host.id);
    byId.delete(host.id);
    return newer ?? host;
  });
  return [...kept, ...byId.values()];
}
