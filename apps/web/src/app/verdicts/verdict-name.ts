import { Component, computed, inject, input } from '@angular/core';
import type { Verdict } from '@closewatch/socket-states';
import { TranslocoService } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { Phrases } from '../i18n/phrases.ts';

/** The short name of a verdict and how sure it is, `Never closed 85 %`; what it means on hover. */
@Component({
  selector: 'cw-verdict-name',
  template: `<span [title]="meaning()">{{ name() }}</span>
    @if (share(); as known) {
      &ngsp;<span class="share" [title]="sureness()">{{ known }}</span>
    }`,
  styles: `
    .share {
      color: var(--muted);
      font-size: 12px;
      font-weight: 400;
      font-variant-numeric: tabular-nums;
    }
  `,
})
export class VerdictName {
  readonly verdict = input.required<Verdict>();
  /** From 0 to 1; null: it is somebody's word and not judged. */
  readonly confidence = input<number | null>(null);

  private readonly phrases = inject(Phrases);
  private readonly formats = inject(Formats);
  private readonly transloco = inject(TranslocoService);
  protected readonly name = computed(() => this.phrases.say(`verdict.${this.verdict()}`));
  protected readonly meaning = computed(() => this.phrases.say(`verdict.${this.verdict()}.meaning`));
  protected readonly share = computed(() => {
    const confidence = this.confidence();
    return confidence === null || this.verdict() === 'unknown' ? null : this.formats.percent(confidence);
  });
  protected readonly sureness = computed(() => {
    this.transloco.activeLang();
    return this.transloco.translate<string>('verdicts.confidence', { share: this.share() ?? '' });
  });
}
