import { Component, inject, input } from '@angular/core';
import type { Incident } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';

/** Translation keys of how an incident came to its end. */
const RESOLVED_AS: Readonly<Record<NonNullable<Incident['resolvedAs']>, string>> = {
  recovered: 'incidents.recovered',
  restart: 'incidents.endedByRestart',
  by_hand: 'incidents.endedByHand',
  host_gone: 'incidents.endedByHostGone',
};

/** Open, of unknown state because its host is silent, or how it was resolved. */
@Component({
  selector: 'cw-incident-state',
  imports: [TranslocoPipe],
  template: `
    @if (incident().resolvedAs; as resolvedAs) {
      <span class="muted">{{ words[resolvedAs] | transloco }}</span>
    } @else if (incident().staleSince; as since) {
      <strong>{{ 'incidents.stale' | transloco: { time: formats.instant(toMs(since), clock.now()) } }}</strong>
    } @else {
      <strong>{{ 'incidents.open' | transloco }}</strong>
    }
    @if (incident().acknowledged; as seen) {
      <span class="muted seen">{{ 'incidents.seenBy' | transloco: { name: seen.by } }}</span>
    }
  `,
  host: { '[attr.data-state]': 'incident().state', '[attr.data-resolved-as]': 'incident().resolvedAs' },
  styles: `
    .seen {
      margin-inline-start: 8px;
    }
    strong {
      font-weight: 500;
    }
  `,
})
export class IncidentStateText {
  readonly incident = input.required<Incident>();
  protected readonly words = RESOLVED_AS;
  protected readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  protected readonly toMs = (instant: string) => Date.parse(instant);
}
