import { Component, computed, inject, input } from '@angular/core';
import { MatTooltip } from '@angular/material/tooltip';
import type { TcpState } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { StateMark } from './state-mark.ts';
import { STATE_LABELS, STATE_MEANINGS } from './tcp-states.ts';

/** One state: its sign, name and number; what it means on hover, focus and to a screen reader. */
@Component({
  selector: 'cw-state-count',
  imports: [MatTooltip, StateMark, TranslocoPipe],
  template: `
    <span class="name" tabindex="0" [matTooltip]="meaning() | transloco" matTooltipPosition="above">
      <cw-state-mark [state]="state()" />{{ label() }}
    </span>
    <span
      class="number"
      data-testid="state-count"
      [attr.data-state]="state()"
      [class.zero]="!count()"
      [class.leak]="state() === 'close_wait' && !!count()"
      >{{ formats.number(count()) }}</span
    >
  `,
  styles: `
    :host {
      display: block;
      min-width: 0;
    }
    .name {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      color: var(--muted);
      font-size: 12px;
      line-height: 16px;
      letter-spacing: 0.01em;
      white-space: nowrap;
      cursor: help;
    }
    .number {
      display: block;
      margin-top: 4px;
      font-size: 20px;
      font-weight: 500;
      line-height: 24px;
      letter-spacing: -0.01em;
    }
    .zero {
      color: var(--muted);
      font-weight: 400;
    }
    .leak {
      color: var(--close_wait);
      font-weight: 600;
    }
  `,
})
export class StateCount {
  readonly state = input.required<TcpState>();
  readonly count = input.required<number | null>();

  protected readonly formats = inject(Formats);
  protected readonly label = computed(() => STATE_LABELS[this.state()]);
  protected readonly meaning = computed(() => STATE_MEANINGS[this.state()]);
}
