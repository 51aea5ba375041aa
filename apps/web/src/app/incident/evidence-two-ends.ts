import { Component, computed, inject, input } from '@angular/core';
import { PEER_END_STATES, type TwoEnds } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { STATE_LABELS } from '../ui/tcp-states.ts';

/** In what the other ends were, and the tuples that may have blocked new connections. */
@Component({
  selector: 'cw-evidence-two-ends',
  imports: [TranslocoPipe],
  template: `
    <p>
      @for (end of states(); track end.state) {
        <span class="part">
          <strong class="number">{{ formats.number(end.count) }}</strong>
          @switch (end.state) {
            @case ('gone') {
              {{ 'incidentPage.endGone' | transloco }}
            }
            @case ('unknown') {
              {{ 'incidentPage.endUnknown' | transloco }}
            }
            @default {
              {{ labels[end.state] }}
            }
          }
        </span>
      }
    </p>
    @if (tuples().length > 0) {
      <p class="muted">{{ 'incidentPage.oldTuples' | transloco }}</p>
      <ul>
        @for (tuple of tuples(); track tuple) {
          <li class="mono">{{ tuple }}</li>
        }
      </ul>
    }
  `,
  styles: `
    .part + .part::before {
      content: '·';
      margin-inline: 8px;
    }
    ul {
      max-height: 200px;
      overflow: auto;
    }
  `,
})
export class EvidenceTwoEnds {
  readonly ends = input.required<TwoEnds>();

  protected readonly formats = inject(Formats);
  protected readonly labels = STATE_LABELS;
  protected readonly states = computed(() =>
    PEER_END_STATES.map((state) => ({ state, count: this.ends().states[state] ?? 0 })).filter(({ count }) => count > 0),
  );
  protected readonly tuples = computed(() =>
    this.ends().oldTuples.map(({ peer, local }) => `${formatEndpoint(peer)} → ${formatEndpoint(local)}`),
  );
}
