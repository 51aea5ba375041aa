import { Component, computed, inject, input, output, viewChild, type ElementRef } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import type { TimeWindow } from './incident-window.ts';

/** A place on the slider that one may want to go to. */
export interface SliderTick {
  readonly id: string;
  readonly atMs: number;
  readonly of: 'event' | 'change';
  readonly label: string;
}

/** A pin that was set, by its letter. */
export interface SliderPin {
  readonly letter: 'A' | 'B';
  readonly atMs: number;
}

/** Steps of the arrow keys, and of page up and down. */
const STEPS = { fine: 300, coarse: 20 };
const SHORTEST_STEP_MS = 1_000;

/**
 * Chooses an instant of a window of time: by pointer anywhere on it, by arrows, page keys, Home and End. It stands under a
 * chart of the same window, whose plot has the same insets, and draws its line through it.
 */
@Component({
  selector: 'cw-time-slider',
  imports: [TranslocoPipe],
  templateUrl: './time-slider.html',
  styleUrl: './time-slider.scss',
})
export class TimeSlider {
  readonly window = input.required<TimeWindow>();
  readonly atMs = input.required<number>();
  /** The time of the incident itself; null end: it goes on. */
  readonly beganMs = input.required<number>();
  readonly endedMs = input.required<number | null>();
  readonly ticks = input.required<readonly SliderTick[]>();
  readonly pins = input.required<readonly SliderPin[]>();
  /** CSS pixels of chart above, for the line through it. */
  readonly chartHeight = input(0);
  readonly atMsChange = output<number>();

  protected readonly formats = inject(Formats);
  private readonly track = viewChild.required<ElementRef<HTMLElement>>('track');
  protected readonly text = computed(() => this.formats.dateTime(this.atMs()));
  protected readonly span = computed(() => {
    const start = this.percent(this.beganMs());
    return { start, length: this.percent(this.endedMs() ?? this.window().toMs) - start };
  });

  /** Where an instant stands, from 0 to 100. */
  protected percent(ms: number): number {
    const { fromMs, toMs } = this.window();
    return Math.min(100, Math.max(0, (100 * (ms - fromMs)) / (toMs - fromMs)));
  }

  protected seconds(ms: number): number {
    return Math.round((ms - this.window().fromMs) / 1_000);
  }

  protected pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    const track = this.track().nativeElement;
    track.setPointerCapture(event.pointerId);
    track.querySelector<HTMLElement>('[role=slider]')?.focus();
    event.preventDefault();
    this.moveTo(event);
  }

  protected dragged(event: PointerEvent): void {
    if (this.track().nativeElement.hasPointerCapture(event.pointerId)) this.moveTo(event);
  }

  protected typed(event: KeyboardEvent): void {
    const ms = this.after(event.key);
    if (ms === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.go(ms);
  }

  protected go(ms: number): void {
    const { fromMs, toMs } = this.window();
    this.atMsChange.emit(Math.round(Math.min(toMs, Math.max(fromMs, ms))));
  }

  private after(key: string): number | undefined {
    const { fromMs, toMs } = this.window();
    const step = (steps: number) => Math.max(SHORTEST_STEP_MS, (toMs - fromMs) / steps);
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowDown':
        return this.atMs() - step(STEPS.fine);
      case 'ArrowRight':
      case 'ArrowUp':
        return this.atMs() + step(STEPS.fine);
      case 'PageDown':
        return this.atMs() - step(STEPS.coarse);
      case 'PageUp':
        return this.atMs() + step(STEPS.coarse);
      case 'Home':
        return fromMs;
      case 'End':
        return toMs;
      default:
        return undefined;
    }
  }

  private moveTo({ clientX }: PointerEvent): void {
    const { left, width } = this.track().nativeElement.getBoundingClientRect();
    const { fromMs, toMs } = this.window();
    if (width > 0) this.go(fromMs + ((clientX - left) / width) * (toMs - fromMs));
  }
}
