import { Component, computed, effect, inject, input, output, signal, viewChildren } from '@angular/core';
import { MatButtonToggle, MatButtonToggleGroup } from '@angular/material/button-toggle';
import type { Host } from '@closewatch/protocol';
import type { TcpState } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import type { Counted } from '../history/counted.ts';
import { hostHistory } from '../history/host-history.ts';
import { RANGES, RANGE_MS, type Range } from '../history/ranges.ts';
import { Formats } from '../i18n/formats.ts';
import { ErrorState } from '../ui/error-state.ts';
import { StateChart } from '../ui/state-chart.ts';
import { ChartLegend } from '../ui/chart-legend.ts';
import { ChartTable } from '../ui/chart-table.ts';

/** The passive side of the close has a scale of its own, so that ESTABLISHED and TIME_WAIT cannot flatten a leak. */
const PASSIVE: readonly TcpState[] = ['close_wait', 'last_ack'];
const OTHERS: readonly TcpState[] = [
  'established',
  'time_wait',
  'fin_wait_1',
  'fin_wait_2',
  'closing',
  'syn_sent',
  'syn_received',
  'listen',
];

/** The counts of a host over time: history first, live from there on; two charts under one crosshair. */
@Component({
  selector: 'cw-host-charts',
  imports: [ChartLegend, ChartTable, ErrorState, MatButtonToggle, MatButtonToggleGroup, StateChart, TranslocoPipe],
  templateUrl: './host-charts.html',
  styleUrl: './host-charts.scss',
})
export class HostCharts {
  readonly host = input.required<Host>();
  /** What is counted of it: its own namespace, or another. */
  readonly counted = input.required<Counted>();
  /** Counts pictures of the live connection (host-watch.ts): another one means that history may have changed. */
  readonly pictures = input.required<number>();
  readonly range = input.required<Range>();
  readonly logarithmic = input.required<boolean>();
  readonly rangeChange = output<Range>();
  readonly logarithmicChange = output<boolean>();

  protected readonly formats = inject(Formats);
  protected readonly ranges = RANGES;
  protected readonly passive = PASSIVE;
  protected readonly others = OTHERS;
  protected readonly history = hostHistory(this.host, this.counted, this.range);
  protected readonly hidden = signal<ReadonlySet<TcpState>>(new Set());
  protected readonly tableOpen = signal(false);

  private readonly charts = viewChildren(StateChart);
  /** Under the crosshair, else the newest: what the legends say. */
  protected readonly index = computed(() => {
    for (const chart of this.charts()) {
      const index = chart.cursorIndex();
      if (index !== null) return index;
    }
    return this.history.data().t.length - 1;
  });
  protected readonly pointedAt = computed(() => {
    const t = this.history.data().t[this.index()];
    return t === undefined || this.index() === this.history.data().t.length - 1 ? null : this.formats.dateTime(t);
  });

  /** The window is shorter than the range, because the host is. */
  protected readonly young = computed(() => {
    const { fromMs, toMs } = this.history.window();
    return toMs - fromMs < RANGE_MS[this.range()];
  });

  constructor() {
    effect(() => {
      if (this.pictures() > 1) this.history.reload();
    });
  }

  protected toggle(state: TcpState): void {
    this.hidden.update((hidden) => {
      const next = new Set(hidden);
      if (!next.delete(state)) next.add(state);
      return next;
    });
  }
}
