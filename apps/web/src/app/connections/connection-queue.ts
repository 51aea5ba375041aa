import { Component, computed, inject, input } from '@angular/core';
import type { SocketTimer } from '@closewatch/protocol';
import { TranslocoService } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import type { HeardConnection } from '../live/host-watch.ts';

/** Translation keys of the kernel's timers. */
const TIMERS: Readonly<Record<SocketTimer['kind'], string | null>> = {
  none: null,
  retransmit: 'connections.timerRetransmit',
  keepalive: 'connections.timerKeepalive',
  time_wait: null,
  zero_window_probe: 'connections.timerProbe',
};

/** Bytes that wait on one side; on hover, what else the kernel tells of the traffic: acknowledged bytes, last sent, timer. */
@Component({
  selector: 'cw-connection-queue',
  template: `<span [title]="words()" [class.more]="words() !== ''">{{ formats.number(bytes()) }}</span>`,
  styles: `
    .more {
      text-decoration: underline dotted var(--line-strong);
      text-underline-offset: 3px;
      cursor: help;
    }
  `,
})
export class ConnectionQueue {
  readonly connection = input.required<HeardConnection>();
  readonly bytes = input.required<number>();

  protected readonly formats = inject(Formats);
  private readonly transloco = inject(TranslocoService);
  private readonly clock = inject(Clock);
  protected readonly words = computed(() => {
    this.transloco.activeLang();
    const { bytesAcked, lastSentAt, timer } = this.connection();
    const say = (key: string, values: Record<string, string> = {}) => this.transloco.translate<string>(key, values);
    const lines: string[] = [];
    if (bytesAcked !== null) lines.push(say('connections.acked', { bytes: this.formats.number(bytesAcked) }));
    if (lastSentAt !== null) {
      const time = this.formats.instant(Date.parse(lastSentAt), this.clock.now());
      lines.push(say('connections.lastSent', { time }));
    }
    const timerKey = timer === null ? null : TIMERS[timer.kind];
    if (timer !== null && timerKey !== null) {
      lines.push(say(timerKey, { retries: this.formats.number(timer.retries) }));
    }
    return lines.join('\n');
  });
}
