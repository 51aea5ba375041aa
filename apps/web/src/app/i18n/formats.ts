import { Injectable, computed, inject } from '@angular/core';
import { TranslocoService } from '@jsverse/transloco';
import { formatDuration } from './duration.ts';
import { LanguageChoice } from './language.ts';

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const ROUGH_UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

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
  private readonly dates = computed(
    () => new Intl.DateTimeFormat(this.language.current(), { dateStyle: 'medium', timeZone: 'UTC' }),
  );
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

  /** `1.3 GB` to three digits, in powers of a thousand as disks are sold; a dash for what is not known. */
  bytes(value: number | null): string {
    if (value === null) return '–';
    const power = value < 1_000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(value) / 3));
    // 999,999 is 1 MB, and not 1,000 kB.
    const rounded = Number((value / 1_000 ** power).toPrecision(3));
    const [amount, unit] = rounded >= 1_000 ? [rounded / 1_000, power + 1] : [rounded, power];
    return `${this.rates().format(amount)} ${BYTE_UNITS[unit] ?? 'PB'}`;
  }

  /** `35 days`. */
  days(count: number): string {
    return this.inUnits(count, 'day', 'long');
  }

  /** `3 hr`: the largest unit that it has one of, minutes at least. */
  roughly(seconds: number): string {
    const [unit, length] = ROUGH_UNITS.find(([, each]) => seconds >= each) ?? ['minute', 60];
    return this.inUnits(Math.max(1, Math.floor(seconds / length)), unit, 'short');
  }

  /** A day in UTC, as parts of history are cut; a dash for none. */
  date(instant: string | null): string {
    return instant === null ? '–' : this.dates().format(Date.parse(instant));
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

  private inUnits(count: number, unit: string, unitDisplay: 'short' | 'long'): string {
    return new Intl.NumberFormat(this.language.current(), { style: 'unit', unit, unitDisplay }).format(count);
  }

  private dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat(this.language.current(), { ...options, hourCycle: 'h23' });
  }
}
