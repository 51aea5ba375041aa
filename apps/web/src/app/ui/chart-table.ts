import { Component, computed, inject, input } from '@angular/core';
import { TCP_STATES } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import type { StateChartData } from './state-chart.ts';
import { STATE_LABELS } from './tcp-states.ts';

/** More rows than this help nobody; then each stands for several steps and shows the highest of them. */
const ROWS = 60;

/** The charts' numbers as a table, newest first. */
@Component({
  selector: 'cw-chart-table',
  imports: [TranslocoPipe],
  template: `
    <div class="scroll" tabindex="0" role="region" [attr.aria-label]="'chart.tableLabel' | transloco">
      <table>
        <caption class="visually-hidden">
          {{
            'chart.tableLabel' | transloco
          }}
        </caption>
        <thead>
          <tr>
            <th scope="col">{{ 'chart.time' | transloco }}</th>
            @for (state of states(); track state) {
              <th scope="col">{{ labels[state] }}</th>
            }
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.t) {
            <tr>
              <th scope="row">{{ formats.dateTime(row.t) }}</th>
              @for (value of row.values; track $index) {
                <td>{{ formats.number(value) }}</td>
              }
            </tr>
          }
        </tbody>
      </table>
    </div>
  `,
  styles: `
    .scroll {
      position: relative;
      max-height: 360px;
      margin-top: 8px;
      overflow: auto;
      border: 1px solid var(--line);
      border-radius: var(--radius);
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
      font-size: 12px;
    }
    th,
    td {
      padding: 4px 12px;
      text-align: end;
      white-space: nowrap;
    }
    th:first-child {
      text-align: start;
      font-weight: 400;
    }
    thead th {
      position: sticky;
      top: 0;
      background: var(--sunk);
      font-weight: 500;
    }
    tbody tr + tr > * {
      border-top: 1px solid var(--line);
    }
  `,
})
export class ChartTable {
  readonly data = input.required<StateChartData>();

  protected readonly formats = inject(Formats);
  protected readonly labels = STATE_LABELS;
  protected readonly states = computed(() =>
    TCP_STATES.filter((state) => this.data().series[state].some((value) => value !== null && value > 0)),
  );
  protected readonly rows = computed(() => {
    const { t, series } = this.data();
    const step = Math.max(1, Math.ceil(t.length / ROWS));
    const rows: { t: number; values: (number | null)[] }[] = [];
    for (let start = 0; start < t.length; start += step) {
      const values = this.states().map((state) => highest(series[state].slice(start, start + step)));
      rows.push({ t: t[start] ?? 0, values });
    }
    return rows.reverse();
  });
}

function highest(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((most, value) => (value === null ? most : Math.max(most ?? 0, value)), null);
}
