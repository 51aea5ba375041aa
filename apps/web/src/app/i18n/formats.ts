import { Injectable, computed, inject } from '@angular/core';
import { TranslocoService } from '@jsverse/transloco';
import { formatDuration } from './duration.ts';
import { LanguageChoice } from './language.ts';

/**
 * Numbers, times and durations in the chosen language. Each method reads the language as a signal, so that a template
 * that calls it follows the switch. Times are in the browser's zone, on a 24-hour clock.
 */
@Injectable({ providedIn: 'root' })
export class Formats {
  private readonly language = inject(LanguageChoice);
  private readonly transloco = inject(TranslocoService);

  private readonly numbers = computed(() => new Intl.NumberFormat(this.language.current()));
  private readonly percents = computed(
    () => new Intl.NumberFormat(this.language.current(), { style: 'percent', maximumFractionDigits: 0 }),
  );
  private readonly rates = computed(
    () => new Intl.NumberFormat(this.language.current(), { maximumSignificantDigits: 3 }),
  );
  private readonly times = computed(() => this.dateFormat({ timeStyle: 'medium' }));
  private readonly minutes = computed(() => this.dateFormat({ timeStyle: 'short' }));
  private readonly dateTimes = computed(() => this.dateFormat({ dateStyle: 'medium', timeStyle: 'medium' }));
  private readonly units = computed(() => {
    this.language.current();
    return {
      day: this.transloco.translate('unit.day'),
      hour: this.transloco.translate('unit.hour'),
      minute: this.transloco.translate('unit.minute'),
      second: this.transloco.translate('unit.second'),
    };
  });

  /** `12,345`; a dash for what was not measured, which is not zero. */
  number(value: number | null | undefined): string {
    return value === null || value === undefined ? '–' : this.numbers().format(value);
  }

  /** `88 %` of a share from 0 to 1; `<1 %` of what is little and not nothing. */
  percent(share: number): string {
    return share > 0 && share < 0.01 ? `<${this.percents().format(0.01)}` : this.percents().format(share);
  }

  /** A measured rate to three digits: `0.25`, `1,230`. */
  rate(value: number): string {
    return this.rates().format(value);
  }

  /** `2 m 05 s` (i18n/duration.ts). */
  duration(seconds: number): string {
    return formatDuration(seconds, this.units());
  }

  /** `12:03:05` on the same day as `nowMs`, with the date otherwise. */
  instant(ms: number, nowMs: number): string {
    const sameDay = new Date(ms).toDateString() === new Date(nowMs).toDateString();
    return sameDay ? this.times().format(ms) : this.dateTimes().format(ms);
  }

  /** `12:03`. */
  minute(ms: number): string {
    return this.minutes().format(ms);
  }

  dateTime(ms: number): string {
    return this.dateTimes().format(ms);
  }

  private dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat(this.language.current(), { ...options, hourCycle: 'h23' });
  }
}
