import { Component, computed, inject, input } from '@angular/core';
import type { Incident } from '@closewatch/protocol';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';

/** How long it has gone on, counting, or went on; when it began and ended on hover. */
@Component({
  selector: 'cw-incident-length',
  template: `<span class="number" [title]="exact()">{{ formats.duration(seconds()) }}</span>`,
  styles: `
    :host {
      white-space: nowrap;
    }
  `,
})
export class IncidentLength {
  readonly incident = input.required<Pick<Incident, 'beganAt' | 'resolvedAt'>>();

  private readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  private readonly began = computed(() => Date.parse(this.incident().beganAt));
  private readonly ended = computed(() => {
    const { resolvedAt } = this.incident();
    return resolvedAt === null ? null : Date.parse(resolvedAt);
  });
  protected readonly seconds = computed(() => ((this.ended() ?? this.clock.now()) - this.began()) / 1_000);
  protected readonly exact = computed(() => {
    const ended = this.ended();
    return `${this.formats.dateTime(this.began())} – ${ended === null ? '' : this.formats.dateTime(ended)}`;
  });
}
