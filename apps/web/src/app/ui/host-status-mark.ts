import { Component, computed, inject, input } from '@angular/core';
import { hostStatus, type Host } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';

/** Live, stale or silent since when: a word and a shape (disc, half, ring). Judged here each second, not only by the server. */
@Component({
  selector: 'cw-host-status',
  imports: [TranslocoPipe],
  template: `<span class="sign" aria-hidden="true"></span>
    @switch (status()) {
      @case ('live') {
        {{ 'status.live' | transloco }}
      }
      @case ('stale') {
        {{ 'status.stale' | transloco }}
      }
      @case ('silent') {
        {{ 'status.silentSince' | transloco: { time: since() } }}
      }
    }`,
  host: { 'data-testid': 'host-status', '[attr.data-status]': 'status()', '[class]': 'status()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      color: var(--muted);
      font-size: 12px;
      line-height: 16px;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .sign {
      width: 8px;
      height: 8px;
      border: 1.5px solid var(--line-strong);
      border-radius: 50%;
    }
    :host(.live) .sign {
      border-color: var(--established);
      background: var(--established);
    }
    :host(.stale) .sign {
      background: linear-gradient(90deg, var(--line-strong) 50%, transparent 50%);
    }
    :host(.stale),
    :host(.silent) {
      color: var(--text);
      font-weight: 500;
    }
  `,
})
export class HostStatusMark {
  readonly host = input.required<Host>();

  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  protected readonly status = computed(() => {
    const { lastSeenAt, intervalMs } = this.host();
    return hostStatus(Date.parse(lastSeenAt), intervalMs, this.clock.now());
  });
  protected readonly since = computed(() => this.formats.instant(Date.parse(this.host().lastSeenAt), this.clock.now()));
}
