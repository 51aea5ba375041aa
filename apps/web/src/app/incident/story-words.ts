import { Injectable, inject } from '@angular/core';
import type { Annotation } from '@closewatch/protocol';
import { TranslocoService } from '@jsverse/transloco';
import { Phrases } from '../i18n/phrases.ts';
import type { StoryEntry } from './story.ts';

/** Translation keys of what a change mark says; it names the service where there is one. */
const CHANGES: Readonly<Record<Annotation['kind'], { readonly service: string; readonly host: string }>> = {
  deploy: { service: 'incidentPage.serviceDeployed', host: 'incidentPage.deployed' },
  restart: { service: 'incidentPage.serviceRestarted', host: 'incidentPage.restarted' },
  config: { service: 'incidentPage.serviceConfigured', host: 'incidentPage.configured' },
  maintenance: { service: 'incidentPage.serviceMaintained', host: 'incidentPage.maintained' },
  other: { service: 'incidentPage.serviceChanged', host: 'incidentPage.changed' },
};

/** Lines of a timeline in words, in the chosen language. */
@Injectable({ providedIn: 'root' })
export class StoryWords {
  private readonly phrases = inject(Phrases);
  private readonly transloco = inject(TranslocoService);

  of(entry: StoryEntry): string {
    return entry.of === 'change' ? this.ofChange(entry.change) : this.phrases.say(`incident.event.${entry.event.kind}`);
  }

  /** "checkout-service was restarted". */
  ofChange({ kind, service }: Pick<Annotation, 'kind' | 'service'>): string {
    const words = CHANGES[kind];
    return service === null
      ? this.transloco.translate<string>(words.host)
      : this.transloco.translate<string>(words.service, { service });
  }
}
