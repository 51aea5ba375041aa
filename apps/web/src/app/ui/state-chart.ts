import {
  Component,
  DestroyRef,
  DOCUMENT,
  type ElementRef,
  afterRenderEffect,
  computed,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { TcpState } from '@closewatch/socket-states';
import uPlot from 'uplot';
import { Formats } from '../i18n/formats.ts';
import { ThemeChoice } from '../theme/theme-choice.ts';
import { chartOptions, coloursOf } from './state-chart-options.ts';

/** What is drawn: `t` in milliseconds, one column a state; null is a gap. */
export interface StateChartData {
  readonly t: readonly number[];
  readonly series: Readonly<Record<TcpState, readonly (number | null)[]>>;
}

/**
 * Lines of some states over time (uPlot on a canvas). The canvas says nothing to a screen reader: whoever shows it also
 * gives a name here and a table of the same numbers.
 */
@Component({
  selector: 'cw-state-chart',
  template: `<div #plot class="plot" role="img" [attr.aria-label]="label()" [style.height.px]="height()"></div>`,
  styles: `
    :host,
    .plot {
      display: block;
      min-width: 0;
    }
    .plot {
      overflow: hidden;
    }
  `,
})
export class StateChart {
  readonly label = input.required<string>();
  readonly states = input.required<readonly TcpState[]>();
  readonly hidden = input<ReadonlySet<TcpState>>(new Set<TcpState>());
  readonly data = input.required<StateChartData>();
  /** Milliseconds since the epoch. */
  readonly fromMs = input.required<number>();
  readonly toMs = input.required<number>();
  /** CSS pixels. */
  readonly height = input(160);
  readonly logarithmic = input(false);
  /** Charts with the same key share their crosshair. */
  readonly syncKey = input('');

  /** Index into the data under the crosshair; null without one. */
  readonly cursorIndex = signal<number | null>(null);

  private readonly plot = viewChild.required<ElementRef<HTMLElement>>('plot');
  private readonly formats = inject(Formats);
  private readonly theme = inject(ThemeChoice);
  private readonly view = inject(DOCUMENT).defaultView;
  private readonly width = signal(0);
  private readonly systemTheme = signal(0);
  private readonly built = signal(0);
  private chart: uPlot | undefined;

  private readonly columns = computed<uPlot.AlignedData>(() => {
    const { t, series } = this.data();
    return [[...t], ...this.states().map((state) => [...series[state]])] as uPlot.AlignedData;
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    const preference = this.view?.matchMedia('(prefers-color-scheme: dark)');
    const onPreference = () => this.systemTheme.update((count) => count + 1);
    preference?.addEventListener('change', onPreference);

    let observer: ResizeObserver | undefined;
    afterRenderEffect({
      // Whatever changes the look builds the chart anew; it takes a millisecond or two.
      write: () => {
        this.theme.theme();
        this.theme.highContrast();
        this.systemTheme();
        const host = this.plot().nativeElement;
        observer ??= this.observe(host);
        const width = this.width();
        if (width === 0) return;
        const options = chartOptions({
          width,
          height: this.height(),
          states: this.states(),
          colours: coloursOf(host, this.states()),
          logarithmic: this.logarithmic(),
          syncKey: this.syncKey(),
          formatTime: (ms) => this.formats.minute(ms),
          formatNumber: (value) => this.formats.number(value),
          onCursor: (index) => this.cursorIndex.set(index),
        });
        // Read here, because uPlot asks for them outside of this effect.
        this.formats.number(0);
        this.formats.minute(0);
        this.chart?.destroy();
        this.chart = untracked(() => new uPlot(options, this.columns(), host));
        this.built.update((count) => count + 1);
      },
    });
    afterRenderEffect({
      mixedReadWrite: () => {
        this.built();
        const columns = this.columns();
        const scale = { min: this.fromMs(), max: this.toMs() };
        const hidden = this.hidden();
        const states = this.states();
        const { chart } = this;
        if (chart === undefined) return;
        chart.batch(() => {
          chart.setData(columns, false);
          states.forEach((state, index) => {
            const show = !hidden.has(state);
            if (chart.series[index + 1]?.show !== show) chart.setSeries(index + 1, { show });
          });
          chart.setScale('x', scale);
        });
      },
    });
    destroyed.onDestroy(() => {
      preference?.removeEventListener('change', onPreference);
      observer?.disconnect();
      this.chart?.destroy();
    });
  }

  private observe(host: HTMLElement): ResizeObserver | undefined {
    if (typeof ResizeObserver === 'undefined') return undefined;
    const observer = new ResizeObserver(([entry]) => this.width.set(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(host);
    return observer;
  }
}
