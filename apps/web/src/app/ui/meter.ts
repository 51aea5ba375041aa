import { Component, computed, inject, input } from '@angular/core';
import { Formats } from '../i18n/formats.ts';

/** From here on most of it is used, and the bar says so by its weight, not by its colour alone. */
const NEARLY_ALL = 0.85;

/** So much of so much, as a bar with both numbers and the share beside it; without a bar where the whole is not known. */
@Component({
  selector: 'cw-meter',
  template: `
    @if (share(); as known) {
      <span
        class="track"
        role="meter"
        [attr.aria-label]="label()"
        aria-valuemin="0"
        [attr.aria-valuemax]="max()"
        [attr.aria-valuenow]="used()"
        [attr.aria-valuetext]="text()"
        ><span class="fill" [class.nearly-all]="known.nearlyAll" [style.inline-size.%]="known.percent"></span
      ></span>
    }
    <span class="text" [class.nearly-all]="share()?.nearlyAll" [attr.aria-hidden]="share() === null ? null : true">{{
      text()
    }}</span>
  `,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: 8px;
      min-width: 0;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .track {
      flex: 0 1 96px;
      min-width: 32px;
      height: 8px;
      border-radius: 2px;
      background: var(--sunk);
      overflow: hidden;
    }
    .fill {
      display: block;
      min-width: 1px;
      height: 100%;
      background: var(--line-strong);
    }
    .fill.nearly-all {
      background: var(--text);
    }
    .text.nearly-all {
      font-weight: 600;
    }
  `,
})
export class Meter {
  readonly used = input.required<number>();
  /** Null: not known. */
  readonly max = input.required<number | null>();
  /** Says to a screen reader what is measured. */
  readonly label = input.required<string>();

  private readonly formats = inject(Formats);
  protected readonly share = computed(() => {
    const max = this.max();
    if (max === null || max <= 0) return null;
    const share = Math.min(1, this.used() / max);
    return { percent: share * 100, nearlyAll: share >= NEARLY_ALL };
  });
  protected readonly text = computed(() => {
    const max = this.max();
    const used = this.formats.number(this.used());
    if (max === null || max <= 0) return used;
    return `${used} / ${this.formats.number(max)} · ${this.formats.percent(this.used() / max)}`;
  });
}
