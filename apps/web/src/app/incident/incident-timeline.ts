import { Component, inject, input, output } from '@angular/core';
import type { IncidentEvent } from '@closewatch/protocol';
import { VERDICTS, type Verdict } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { VerdictName } from '../verdicts/verdict-name.ts';
import { NoteText } from './note-text.ts';
import { StoryWords } from './story-words.ts';
import type { StoryEntry } from './story.ts';

/** What happened, in order, and what changed around it. A time leads the cursor there. */
@Component({
  selector: 'cw-incident-timeline',
  imports: [NoteText, TranslocoPipe, VerdictName],
  templateUrl: './incident-timeline.html',
  styleUrl: './incident-timeline.scss',
})
export class IncidentTimeline {
  readonly story = input.required<readonly StoryEntry[]>();
  readonly beganMs = input.required<number>();
  /** Milliseconds since the epoch of the entry that was chosen. */
  readonly chosen = output<number>();

  protected readonly formats = inject(Formats);
  protected readonly words = inject(StoryWords);

  /** `+4 m 05 s` from when it began, `−2 m 00 s` before. */
  protected offset(atMs: number): string {
    const seconds = (atMs - this.beganMs()) / 1_000;
    return `${seconds < 0 ? '−' : '+'}${this.formats.duration(Math.abs(seconds))}`;
  }

  protected verdictOf({ content }: IncidentEvent): Verdict | null {
    return VERDICTS.find((verdict) => verdict === content['verdict']) ?? null;
  }

  protected ownerOf({ kind, content }: IncidentEvent): string | null {
    const owner = content['owner'];
    return kind === 'owner' && typeof owner === 'string' ? owner : null;
  }
}
