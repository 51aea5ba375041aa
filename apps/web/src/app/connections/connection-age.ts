import { Component, computed, inject, input } from '@angular/core';
import { AGED_SECONDS } from '@closewatch/protocol';
import { TranslocoService } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import type { HeardConnection } from '../live/host-watch.ts';

/**
 * How long a connection has been in CLOSE_WAIT: at least so long. Exact bounds on hover; "+" behind it where nothing is
 * known of the other bound, because the connection was older than the agent.
 */
@Component({
  selector: 'cw-connection-age',
  template: `<span [class.aged]="aged()" [title]="words()">{{ text() }}</span>`,
  styles: `
    :host {
      font-variant-numeric: tabular-nums;
    }
    .aged {
      color: var(--close_wait);
      font-weight: 500;
    }
  `,
})
export class ConnectionAge {
  readonly connection = input.required<HeardConnection>();
  /** `performance.now()` up to which the age has gone on since it was heard. */
  readonly until = input.required<number>();

  private readonly formats = inject(Formats);
  private readonly transloco = inject(TranslocoService);
  private readonly elapsed = computed(() => Math.max(0, this.until() - this.connection().heardAt) / 1_000);
  private readonly atLeast = computed(() => this.connection().ageSeconds.atLeast + this.elapsed());
  protected readonly aged = computed(() => this.atLeast() >= AGED_SECONDS);
  protected readonly text = computed(() => {
    const duration = this.formats.duration(this.atLeast());
    return this.connection().ageSeconds.atMost === null ? `${duration}+` : duration;
  });
  protected readonly words = computed(() => {
    this.transloco.activeLang();
    const least = this.formats.duration(this.atLeast());
    const { atMost } = this.connection().ageSeconds;
    return atMost === null
      ? this.transloco.translate<string>('connections.ageAtLeast', { least })
      : this.transloco.translate<string>('connections.ageBetween', {
          least,
          most: this.formats.duration(atMost + this.elapsed()),
        });
  });
}
