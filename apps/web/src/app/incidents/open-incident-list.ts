import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { OpenIncidents } from '../live/open-incidents.ts';
import { IncidentTable } from './incident-table.ts';

/** More than these are for their own page. */
const SHOWN = 5;

/** The open incidents, the worst first, on a page about something else; nothing where there are none. */
@Component({
  selector: 'cw-open-incidents',
  imports: [IncidentTable, RouterLink, TranslocoPipe],
  template: `
    @if (shown().length > 0) {
      <h2>{{ 'incidents.openOnes' | transloco }}</h2>
      <cw-incident-table [label]="'incidents.openOnes' | transloco" [incidents]="shown()" />
      @if (open.count() > shown().length) {
        <a class="more" routerLink="/incidents">{{
          'incidents.allOpen' | transloco: { count: formats.number(open.count()) }
        }}</a>
      }
    }
  `,
  styles: `
    :host {
      display: block;
    }
    .more {
      display: inline-block;
      margin-top: 8px;
    }
  `,
})
export class OpenIncidentList {
  protected readonly open = inject(OpenIncidents);
  protected readonly formats = inject(Formats);
  protected readonly shown = computed(() => this.open.incidents()?.slice(0, SHOWN) ?? []);
}
