import { Component, computed, inject, input } from '@angular/core';
import type { Host } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';

/** Less is nobody's trouble: the agent dates what it sends by the server's clock. */
const WORTH_TELLING_MS = 60_000;

/** Says by how much a host's own clock is wrong, when it is: its logs have other times than what is seen here. */
@Component({
  selector: 'cw-clock-mark',
  imports: [TranslocoPipe],
  template: `@if (wrong(); as told) {
    <span data-testid="clock-mark" [attr.title]="'clock.title' | transloco">{{
      (told.ahead ? 'clock.ahead' : 'clock.behind') | transloco: { duration: formats.roughly(told.seconds) }
    }}</span>
  }`,
  styles: `
    span {
      font-size: 12px;
      font-weight: 500;
      line-height: 16px;
      white-space: nowrap;
    }
  `,
})
export class ClockMark {
  readonly host = input.required<Pick<Host, 'agent'>>();
  protected readonly formats = inject(Formats);
  /** `clockOffsetMs` is how far the server's clock is ahead of the host's. */
  protected readonly wrong = computed(() => {
    const { clockOffsetMs } = this.host().agent;
    if (Math.abs(clockOffsetMs) <= WORTH_TELLING_MS) return null;
    return { ahead: clockOffsetMs < 0, seconds: Math.abs(clockOffsetMs) / 1_000 };
  });
}
