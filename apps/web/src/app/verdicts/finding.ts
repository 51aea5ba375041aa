import { Component, computed, inject, input } from '@angular/core';
import type { Finding } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Phrases } from '../i18n/phrases.ts';
import { VerdictName } from './verdict-name.ts';

/** A verdict, how sure it is, what speaks for it and against it, what could not be seen, and what to do. */
@Component({
  selector: 'cw-finding',
  imports: [TranslocoPipe, VerdictName],
  template: `
    <p class="verdict" data-testid="finding-verdict" [attr.data-verdict]="finding().verdict">
      <cw-verdict-name [verdict]="finding().verdict" [confidence]="finding().confidence" />
    </p>
    <p>{{ meaning() }}</p>
    <p class="advice" data-testid="finding-advice">
      <strong>{{ 'verdicts.advice' | transloco }}</strong>
      {{ phrases.say(finding().advice.key, finding().advice.parameters) }}
    </p>
    <dl>
      @for (group of groups(); track group.name) {
        <div [class]="group.name">
          <dt>{{ group.label | transloco }}</dt>
          @for (reason of group.reasons; track $index) {
            <dd>{{ phrases.say(reason.key, reason.parameters) }}</dd>
          }
        </div>
      }
    </dl>
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
      max-width: 88ch;
    }
    p {
      text-wrap: pretty;
    }
    .verdict {
      font: 600 16px/24px var(--sans);
    }
    .advice {
      padding: 8px 12px;
      border-inline-start: 3px solid var(--accent);
      background: var(--sunk);
    }
    dl {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr));
      gap: 12px 32px;
    }
    dt {
      color: var(--muted);
      font-size: 12px;
      line-height: 20px;
    }
    dd {
      position: relative;
      padding-inline-start: 16px;
      font-size: 13px;
      overflow-wrap: anywhere;
    }
    dd::before {
      content: '+';
      position: absolute;
      inset-inline-start: 0;
      font-weight: 600;
    }
    .against dd::before {
      content: '−';
    }
    .missing dd::before {
      content: '?';
    }
  `,
})
export class FindingPanel {
  readonly finding = input.required<Finding>();

  protected readonly phrases = inject(Phrases);
  protected readonly meaning = computed(() => this.phrases.say(`verdict.${this.finding().verdict}.meaning`));
  protected readonly groups = computed(() => {
    const finding = this.finding();
    return [
      { name: 'for', label: 'verdicts.for', reasons: finding.for },
      { name: 'against', label: 'verdicts.against', reasons: finding.against },
      { name: 'missing', label: 'verdicts.missing', reasons: finding.missing },
    ].filter(({ reasons }) => reasons.length > 0);
  });
}
