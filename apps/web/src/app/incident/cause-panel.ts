import { Component, computed, inject, input, linkedSignal, output } from '@angular/core';
import type { IncidentDetails } from '@closewatch/protocol';
import { VERDICTS, type Verdict } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { Phrases } from '../i18n/phrases.ts';
import { FindingPanel } from '../verdicts/finding.ts';
import { VerdictName } from '../verdicts/verdict-name.ts';
import { deed } from './incident-deed.ts';

/** Why it happens: the rule's reasons, the verdict with its evidence, and what the reviewer says of it. */
@Component({
  selector: 'cw-cause-panel',
  imports: [FindingPanel, TranslocoPipe, VerdictName],
  templateUrl: './cause-panel.html',
  styleUrl: './cause-panel.scss',
})
export class CausePanel {
  readonly incident = input.required<IncidentDetails>();
  /** Whether the reader may act. */
  readonly mayAct = input.required<boolean>();
  readonly changed = output<IncidentDetails>();

  protected readonly formats = inject(Formats);
  protected readonly phrases = inject(Phrases);
  protected readonly review = deed((incident) => this.changed.emit(incident));
  /** What the reviewer would say: what was said, else what was judged. */
  protected readonly chosen = linkedSignal<Verdict>(
    () => this.incident().review?.verdict ?? this.incident().finding?.verdict ?? 'unknown',
  );
  protected readonly verdicts = computed(() => VERDICTS.map((id) => ({ id, name: this.phrases.say(`verdict.${id}`) })));

  protected choose(event: Event): void {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const { value } = event.target;
    const verdict = VERDICTS.find((candidate) => candidate === value);
    if (verdict !== undefined) this.chosen.set(verdict);
  }

  protected say(verdict: Verdict): void {
    void this.review.run((actions) => actions.review(this.incident().id, verdict));
  }

  protected readonly toMs = (instant: string) => Date.parse(instant);
}
