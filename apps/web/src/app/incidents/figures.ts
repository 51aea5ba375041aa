import { Injectable, inject } from '@angular/core';
import { Formats } from '../i18n/formats.ts';

/** Numbers of incidents by the unit in their name: `timeLeftMs`, `oldestSeconds`, `usedShare`, `slopePerHour`, `leaked`. */
@Injectable({ providedIn: 'root' })
export class Figures {
  private readonly formats = inject(Formats);

  /** `12 m 05 s`, `85 %`, `412`. */
  text(name: string, value: number): string {
    if (name.endsWith('Ms')) return this.formats.duration(value / 1_000);
    if (name.endsWith('Seconds')) return this.formats.duration(value);
    if (name.endsWith('Share')) return this.formats.percent(value);
    return this.formats.rate(value);
  }
}
