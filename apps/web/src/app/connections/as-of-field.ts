import { Component, computed, input, output } from '@angular/core';
import { LucideHistory } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { fromLocalInput, toLocalInput } from './local-date-time.ts';

/** Chooses the instant that is looked at: a time in the browser's zone, and the way back to now. */
@Component({
  selector: 'cw-as-of-field',
  imports: [LucideHistory, TranslocoPipe],
  template: `
    <label>
      <svg lucideHistory size="16"></svg>
      <span>{{ 'connections.at' | transloco }}</span>
      <input
        class="field"
        type="datetime-local"
        step="1"
        data-testid="as-of-input"
        [value]="local()"
        (change)="chosen($event)"
      />
    </label>
    @if (asOf() !== undefined) {
      <button type="button" class="button" data-testid="as-of-now" (click)="asOfChange.emit(undefined)">
        {{ 'connections.backToNow' | transloco }}
      </button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    label {
      display: flex;
      align-items: center;
      gap: 8px;
      color: var(--muted);
      font-size: 13px;
      white-space: nowrap;
    }
    .field {
      width: 216px;
      color: var(--text);
    }
  `,
})
export class AsOfField {
  /** ISO 8601; undefined is now. */
  readonly asOf = input.required<string | undefined>();
  readonly asOfChange = output<string | undefined>();

  protected readonly local = computed(() => {
    const instant = this.asOf();
    return instant === undefined ? '' : toLocalInput(Date.parse(instant));
  });

  protected chosen(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.asOfChange.emit(fromLocalInput(event.target.value));
  }
}
