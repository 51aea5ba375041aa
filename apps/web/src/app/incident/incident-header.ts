import { Component, computed, inject, input, output, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { IncidentDetails } from '@closewatch/protocol';
import { LucideChevronLeft } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { Phrases } from '../i18n/phrases.ts';
import { Figures } from '../incidents/figures.ts';
import { Headlines } from '../incidents/headlines.ts';
import { IncidentLength } from '../incidents/incident-length.ts';
import { IncidentStateText } from '../incidents/incident-state.ts';
import { SeverityMark } from '../incidents/severity-mark.ts';
import { deed } from './incident-deed.ts';
import { StoryWords } from './story-words.ts';
import { changeBefore } from './story.ts';

/** What it is, how bad, since when, whose, and what to do about it. */
@Component({
  selector: 'cw-incident-header',
  imports: [IncidentLength, IncidentStateText, LucideChevronLeft, RouterLink, SeverityMark, TranslocoPipe],
  templateUrl: './incident-header.html',
  styleUrl: './incident-header.scss',
})
export class IncidentHeader {
  readonly incident = input.required<IncidentDetails>();
  /** Whether the reader may act. */
  readonly mayAct = input.required<boolean>();
  readonly username = input.required<string>();
  readonly changed = output<IncidentDetails>();

  protected readonly formats = inject(Formats);
  protected readonly phrases = inject(Phrases);
  protected readonly figures = inject(Figures);
  private readonly headlines = inject(Headlines);
  private readonly words = inject(StoryWords);
  protected readonly act = deed((incident) => this.changed.emit(incident));
  protected readonly copied = signal(false);

  protected readonly headline = computed(() => this.headlines.of(this.incident()));
  protected readonly peak = computed(() => {
    const { figure, value } = this.incident().peak;
    return this.figures.text(figure, value);
  });
  /** What may have brought it about, and how long before. */
  protected readonly cause = computed(() => {
    const change = changeBefore(this.incident());
    if (change === null) return null;
    const seconds = (Date.parse(this.incident().beganAt) - Date.parse(change.at)) / 1_000;
    return { duration: this.formats.duration(seconds), change: this.words.ofChange(change), text: change.text };
  });

  protected readonly toMs = (instant: string) => Date.parse(instant);

  protected acknowledge(): void {
    void this.act.run((actions) => actions.acknowledge(this.incident().id));
  }

  protected unacknowledge(): void {
    void this.act.run((actions) => actions.unacknowledge(this.incident().id));
  }

  protected resolve(): void {
    void this.act.run((actions) => actions.resolve(this.incident().id));
  }

  protected own(owner: string): void {
    const name = owner.trim();
    if (name === (this.incident().owner ?? '')) return;
    void this.act.run((actions) => actions.own(this.incident().id, name === '' ? null : name));
  }

  protected ownerTyped(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.own(event.target.value);
  }

  /** The view as it stands in the URL. Without a clipboard (plain HTTP) the address bar has it too. */
  protected async copy(): Promise<void> {
    await navigator.clipboard.writeText(location.href);
    this.copied.set(true);
  }

  protected readonly canCopy = typeof navigator !== 'undefined' && 'clipboard' in navigator;
}
