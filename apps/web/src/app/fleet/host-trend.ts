import { Component, computed, input, signal } from '@angular/core';
import type { Host } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { ownCounted } from '../history/counted.ts';
import { hostHistory } from '../history/host-history.ts';
import { StateChart } from '../ui/state-chart.ts';
import { StateMark } from '../ui/state-mark.ts';

/** CLOSE_WAIT of one host over the last hour: room for it is where hosts are few. */
@Component({
  selector: 'cw-host-trend',
  imports: [StateChart, StateMark, TranslocoPipe],
  template: `
    <h2>
      <cw-state-mark state="close_wait" />
      {{ 'fleet.trend' | transloco: { host: host().hostname } }}
    </h2>
    @if (history.loading()) {
      <div class="skeleton" [style.height.px]="height()"></div>
    } @else {
      <cw-state-chart
        [label]="'fleet.trendLabel' | transloco: { host: host().hostname, highest: highest() }"
        [states]="['close_wait']"
        [data]="history.data()"
        [fromMs]="history.window().fromMs"
        [toMs]="history.window().toMs"
        [height]="height()"
      />
    }
  `,
  styles: `
    h2 {
      display: flex;
      align-items: center;
      gap: 8px;
      margin-bottom: 8px;
      overflow-wrap: anywhere;
    }
  `,
})
export class HostTrend {
  readonly host = input.required<Host>();
  /** CSS pixels. */
  readonly height = input.required<number>();
  protected readonly history = hostHistory(
    this.host,
    computed(() => ownCounted(this.host())),
    signal('1h'),
  );
  protected readonly highest = computed(() =>
    Math.max(0, ...this.history.data().series.close_wait.map((count) => count ?? 0)),
  );
}
