import { httpResource } from '@angular/common/http';
import { Injectable, computed, inject, linkedSignal } from '@angular/core';
import { IncidentSchema, pageOf, type Incident } from '@closewatch/protocol';
import { hearIncidents } from './incident-news.ts';
import { LiveConnection } from './live-connection.ts';

const IncidentPageSchema = pageOf(IncidentSchema);

/** The incidents that are open now. Lives as long as the shell, so that the next person starts anew. */
@Injectable()
export class OpenIncidents {
  private readonly read = httpResource(() => '/api/v1/incidents?state=open&limit=200', {
    parse: (body) => IncidentPageSchema.parse(body),
  });
  private readonly known = linkedSignal<readonly Incident[] | undefined, readonly Incident[] | undefined>({
    source: () => (this.read.hasValue() ? this.read.value().items : undefined),
    computation: (items, previous) => items ?? previous?.value,
  });

  /** The worst first, then the newest; undefined until they were read. */
  readonly incidents = computed(() => this.known()?.toSorted(byUrgency));
  readonly count = computed(() => this.known()?.length ?? 0);
  /** There are more than were read. */
  readonly more = computed(() => this.read.hasValue() && this.read.value().nextCursor !== null);

  constructor() {
    const { isConnected } = inject(LiveConnection);
    let fresh = !isConnected();
    hearIncidents({
      news: (incident) => this.known.update((incidents) => incidents && merged(incidents, incident)),
      connected: () => {
        // The first connection comes with the first read.
        if (!fresh) this.read.reload();
        fresh = false;
      },
    });
  }
}

/** The incident in its newest version; one that is resolved leaves. */
function merged(incidents: readonly Incident[], incident: Incident): readonly Incident[] {
  const known = incidents.find(({ id }) => id === incident.id);
  if (known !== undefined && known.version > incident.version) return incidents;
  const others = incidents.filter(({ id }) => id !== incident.id);
  return incident.state === 'open' ? [...others, incident] : others;
}

function byUrgency(a: Incident, b: Incident): number {
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1;
  return Date.parse(b.openedAt) - Date.parse(a.openedAt) || (a.id < b.id ? -1 : 1);
}
