import type { TcpState } from '@closewatch/socket-states';
import type uPlot from 'uplot';

export interface ChartColours {
  readonly states: Readonly<Partial<Record<TcpState, string>>>;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly surface: string;
  readonly wash: string;
  readonly font: string;
}

export interface ChartLook {
  readonly width: number;
  readonly height: number;
  readonly states: readonly TcpState[];
  readonly colours: ChartColours;
  readonly logarithmic: boolean;
  readonly syncKey: string;
  formatTime(ms: number): string;
  formatNumber(value: number): string;
  onCursor(index: number | null): void;
}

/** Lines that are close in colour differ in their dashes too. */
const DASHES: Readonly<Partial<Record<TcpState, number[]>>> = {
  last_ack: [4, 3],
  fin_wait_1: [6, 3],
  fin_wait_2: [2, 3],
  closing: [8, 3, 2, 3],
  syn_sent: [4, 3],
  listen: [2, 4],
  closed: [1, 3],
  unknown: [1, 5],
};

const Y_AXIS_WIDTH = 48;
/** Times are written to the minute, so no two marks may share one. */
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((minutes) => minutes * 60_000);

/** A canvas knows no CSS variables: reads what they come to, light or dark, from a probe inside `host`. */
export function coloursOf(host: HTMLElement, states: readonly TcpState[]): ChartColours {
  const probe = host.ownerDocument.createElement('span');
  host.append(probe);
  const resolve = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    states: Object.fromEntries(states.map((state) => [state, resolve(state)])),
    line: resolve('line'),
    text: resolve('text'),
    muted: resolve('muted'),
    surface: resolve('surface'),
    wash: resolve('close_wait-wash'),
    font: `12px ${getComputedStyle(host).fontFamily}`,
  };
  probe.remove();
  return colours;
}

/** uPlot's options. The x scale is in milliseconds; y starts at zero and has whole numbers only. */
export function chartOptions(look: ChartLook): uPlot.Options {
  const { colours } = look;
  const axis = { stroke: colours.muted, font: colours.font, ticks: { show: false } };
  return {
    width: look.width,
    height: look.height,
    ms: 1,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: false, y: false, setScale: false },
      points: { size: 7, width: 2, fill: colours.surface },
      y: false,
      ...(look.syncKey === '' ? {} : { sync: { key: look.syncKey } }),
    },
    scales: {
      x: { time: true, auto: false },
      y: {
        distr: look.logarithmic ? 4 : 1,
        asinh: 1,
        range: (_chart, _min, max) => [
          0,
          look.logarithmic ? Math.max(10, (max ?? 0) * 1.2) : Math.max(4, (max ?? 0) * 1.12),
        ],
      },
    },
    axes: [
      {
        ...axis,
        size: 28,
        gap: 8,
        space: 80,
        incrs: TIME_STEPS_MS,
        grid: { show: false },
        values: (_chart, splits) => splits.map((ms) => look.formatTime(ms)),
      },
      {
        ...axis,
        size: Y_AXIS_WIDTH,
        gap: 8,
        space: 28,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
        grid: { stroke: colours.line, width: 1 },
        ...(look.logarithmic
          ? { splits: (_chart, _axis, _min, max) => decades(max), filter: (_chart, splits) => splits }
          : {}),
        values: (_chart, splits) => splits.map((value) => (value === null ? '' : look.formatNumber(value))),
      },
    ],
    series: [
      {},
      ...look.states.map((state): uPlot.Series => {
        const leak = state === 'close_wait';
        return {
          stroke: colours.states[state] ?? colours.text,
          width: leak ? 2 : 1.5,
          dash: DASHES[state] ?? [],
          points: { show: false },
          spanGaps: false,
          ...(leak ? { fill: colours.wash } : {}),
        };
      }),
    ],
    hooks: {
      drawClear: [(chart) => hatchGaps(chart, colours.line)],
      setCursor: [(chart) => look.onCursor(chart.cursor.idx ?? null)],
    },
  };
}

/** Hatches the times without data: rows where every series is null part two stretches (history/chart-data.ts). */
function hatchGaps(chart: uPlot, colour: string): void {
  const [t = [], ...series] = chart.data;
  const { left, top, width, height } = chart.bbox;
  const { ctx } = chart;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  for (let index = 1; index < t.length - 1; index++) {
    if (series.some((values) => values[index] !== null)) continue;
    const from = Math.max(left, chart.valToPos(t[index - 1] ?? 0, 'x', true));
    const to = Math.min(left + width, chart.valToPos(t[index + 1] ?? 0, 'x', true));
    if (to <= from) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, top, to - from, height);
    ctx.clip();
    ctx.beginPath();
    for (let x = from - height; x < to; x += 8 * devicePixelRatio) {
      ctx.moveTo(x, top + height);
      ctx.lineTo(x + height, top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}

/** 0, 1, 10, 100 ... up to `max`: an asinh scale has a zero, and no need for more lines than decades. */
function decades(max: number): number[] {
  const splits = [0];
  for (let decade = 1; decade <= max; decade *= 10) splits.push(decade);
  return splits;
}
