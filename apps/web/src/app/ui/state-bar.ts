import { Component, computed, inject, input } from '@angular/core';
import type { StateCounts } from '@closewatch/socket-states';
import { TranslocoService } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { barSegments } from './bar-segments.ts';
import { STATE_LABELS } from './tcp-states.ts';

/** Connections of a host by state, as one bar. CLOSE_WAIT also stands taller: colour is not its only sign. */
@Component({
  selector: 'cw-state-bar',
  template: `
    @for (segment of segments(); track segment.state) {
      <span
        class="segment"
        [class.leak]="segment.state === 'close_wait'"
        [style.flex-grow]="segment.share"
        [style.background-color]="'var(--' + segment.state + ')'"
      ></span>
    } @empty {
      <span class="none"></span>
    }
  `,
  host: { role: 'img', '[attr.aria-label]': 'words()', '[attr.title]': 'words()' },
  styles: `
    :host {
      display: flex;
      align-items: flex-end;
      gap: 1px;
      height: 12px;
      min-width: 0;
    }
    .segment {
      flex: 0 1 0;
      min-width: 2px;
      height: 8px;
      transition: flex-grow 300ms ease-out;
    }
    .segment:first-child {
      border-start-start-radius: 2px;
      border-end-start-radius: 2px;
    }
    .segment:last-child {
      border-start-end-radius: 2px;
      border-end-end-radius: 2px;
    }
    .leak {
      min-width: 4px;
      height: 12px;
      border-radius: 2px;
    }
    .none {
      flex: 1;
      height: 8px;
      border: 1px dashed var(--line-strong);
      border-radius: 2px;
    }
  `,
})
export class StateBar {
  readonly counts = input.required<StateCounts>();

  private readonly formats = inject(Formats);
  private readonly transloco = inject(TranslocoService);
  protected readonly segments = computed(() => barSegments(this.counts()));
  protected readonly words = computed(() => {
    this.transloco.activeLang();
    const parts = this.segments().map(({ state, count }) => `${STATE_LABELS[state]} ${this.formats.number(count)}`);
    return parts.length > 0 ? parts.join(', ') : this.transloco.translate<string>('bar.none');
  });
}
