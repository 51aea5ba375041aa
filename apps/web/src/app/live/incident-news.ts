import { DestroyRef, inject } from '@angular/core';
import type { Incident, IncidentNews } from '@closewatch/protocol';
import { LiveConnection } from './live-connection.ts';

export interface IncidentListener {
  /** An incident was opened, or has changed. */
  news(incident: Incident): void;
  /** The connection is there (again): what was told in between is lost. */
  connected(): void;
}

/**
 * Hears of incidents as long as the injection context lives. The server tells them to whoever watches the fleet; a page
 * that does not is on the list by watching no host of it. A page that does asks after this one, and its wish counts.
 */
export function hearIncidents(listener: IncidentListener): void {
  const { transport } = inject(LiveConnection);
  const hear = ({ incident }: IncidentNews) => listener.news(incident);
  const join = () => transport.emit('fleet:watch', { ids: [] }, () => undefined);
  const connected = () => {
    join();
    listener.connected();
  };
  transport.on('incident:opened', hear);
  transport.on('incident:changed', hear);
  transport.on('connect', connected);
  if (transport.connected) join();
  inject(DestroyRef).onDestroy(() => {
    transport.off('incident:opened', hear);
    transport.off('incident:changed', hear);
    transport.off('connect', connected);
  });
}
