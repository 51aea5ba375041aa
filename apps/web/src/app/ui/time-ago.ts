import { Component, computed, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';

/** "3 s ago", counting; the exact time on hover and in `datetime`. */
@Component({
  selector: 'cw-time-ago',
  imports: [TranslocoPipe],
  template: `<time [attr.datetime]="at()" [attr.title]="exact()">{{
    seconds() < 2 ? ('time.now' | transloco) : ('time.ago' | transloco: { duration: formats.duration(seconds()) })
  }}</time>`,
  styles: `
    :host {
      white-space: nowrap;
    }
  `,
})
export class TimeAgo {
  /** ISO 8601. */
  readonly at = input.required<string>();

  private readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  protected readonly seconds = computed(() => (this.clock.now() - Date.parse(this.at())) / 1_000);
  protected readonly exact = computed(() => this.formats.dateTime(Date.parse(this.at())));
}
