import { Component, computed, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';

/** Whether what is shown is now: Live, Catching up, or Offline since when. */
@Component({
  selector: 'cw-connection-chip',
  imports: [TranslocoPipe],
  template: `<span class="sign" aria-hidden="true"></span>
    <span role="status">
      @switch (status()) {
        @case ('live') {
          {{ 'connection.live' | transloco }}
        }
        @case ('catching-up') {
          {{ 'connection.catchingUp' | transloco }}
        }
        @case ('offline') {
          {{ 'connection.offlineSince' | transloco: { time: since() } }}
        }
      }
    </span>`,
  host: { 'data-testid': 'connection-chip', '[attr.data-status]': 'status()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      padding: 0 8px;
      font-size: 12px;
      font-weight: 500;
      line-height: 16px;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .sign {
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: var(--established);
    }
    :host([data-status='catching-up']) .sign {
      border: 2px solid var(--line-strong);
      border-top-color: var(--accent);
      background: none;
      animation: turn 900ms linear infinite;
    }
    :host([data-status='offline']) .sign {
      border-radius: 1px;
      background: var(--text);
    }
    @keyframes turn {
      to {
        rotate: 360deg;
      }
    }
  `,
})
export class ConnectionChip {
  readonly status = input.required<'live' | 'catching-up' | 'offline'>();
  readonly offlineSince = input.required<number | null>();

  private readonly formats = inject(Formats);
  protected readonly since = computed(() => this.formats.minute(this.offlineSince() ?? Date.now()));
}
