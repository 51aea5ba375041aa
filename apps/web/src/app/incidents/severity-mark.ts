import { Component, computed, inject, input } from '@angular/core';
import type { Incident } from '@closewatch/protocol';
import { Phrases } from '../i18n/phrases.ts';

/** How bad it is: a word and a shape (a full octagon for critical, an open triangle for warning). No colour: that is the states'. */
@Component({
  selector: 'cw-severity',
  template: `
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      @if (severity() === 'critical') {
        <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
        <path d="M8 4v5M8 11v1.5" stroke="var(--surface)" stroke-width="2" />
      } @else {
        <path d="M8 2 15 14H1z" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" />
        <path d="M8 6.5v3.5M8 11v1.5" stroke="currentColor" stroke-width="1.8" />
      }
    </svg>
    {{ word() }}
  `,
  host: { '[class]': 'severity()', '[attr.data-severity]': 'severity()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: baseline;
      gap: 6px;
      font-size: 12px;
      line-height: 20px;
      white-space: nowrap;
    }
    :host(.critical) {
      font-weight: 600;
    }
    svg {
      flex: none;
      align-self: center;
    }
  `,
})
export class SeverityMark {
  readonly severity = input.required<Incident['severity']>();
  private readonly phrases = inject(Phrases);
  protected readonly word = computed(() => this.phrases.say(`level.${this.severity()}`));
}
