import { Component, computed, inject, input, output } from '@angular/core';
import type { TcpState } from '@closewatch/socket-states';
import { Formats } from '../i18n/formats.ts';
import type { StateChartData } from './state-chart.ts';
import { StateMark } from './state-mark.ts';
import { STATE_LABELS } from './tcp-states.ts';

/** Names the lines, says their values under the crosshair, and shows or hides them. */
@Component({
  selector: 'cw-chart-legend',
  imports: [StateMark],
  template: `
    @for (entry of entries(); track entry.state) {
      <button type="button" [attr.aria-pressed]="entry.shown" (click)="toggled.emit(entry.state)">
        <cw-state-mark [state]="entry.state" />{{ entry.label }}
        <span class="value">{{ formats.number(entry.value) }}</span>
      </button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0 4px;
      margin-inline-start: -8px;
    }
    button {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      min-height: 28px;
      padding: 0 8px;
      border: 0;
      border-radius: var(--radius);
      background: none;
      color: var(--muted);
      font-size: 12px;
      cursor: pointer;
    }
    button:hover {
      background: var(--sunk);
    }
    .value {
      min-width: 3ch;
      font-variant-numeric: tabular-nums;
      color: var(--text);
      font-weight: 500;
    }
    button[aria-pressed='false'] {
      text-decoration: line-through;
    }
    button[aria-pressed='false'] cw-state-mark,
    button[aria-pressed='false'] .value {
      visibility: hidden;
    }
  `,
})
export class ChartLegend {
  readonly states = input.required<readonly TcpState[]>();
  readonly data = input.required<StateChartData>();
  readonly index = input.required<number>();
  readonly hidden = input.required<ReadonlySet<TcpState>>();
  readonly toggled = output<TcpState>();

  protected readonly formats = inject(Formats);
  protected readonly entries = computed(() =>
    this.states().map((state) => ({
      state,
      label: STATE_LABELS[state],
      shown: !this.hidden().has(state),
      value: this.data().series[state][this.index()] ?? null,
    })),
  );
}
