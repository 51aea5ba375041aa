import { Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Incident } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { TimeAgo } from '../ui/time-ago.ts';
import { VerdictName } from '../verdicts/verdict-name.ts';
import { Headlines } from './headlines.ts';
import { IncidentLength } from './incident-length.ts';
import { IncidentStateText } from './incident-state.ts';
import { SeverityMark } from './severity-mark.ts';

/** Incidents, a row each: how bad, what, why, for how long, where, and whose it is. */
@Component({
  selector: 'cw-incident-table',
  imports: [IncidentLength, IncidentStateText, RouterLink, SeverityMark, TimeAgo, TranslocoPipe, VerdictName],
  templateUrl: './incident-table.html',
  styleUrl: './incident-table.scss',
})
export class IncidentTable {
  readonly incidents = input.required<readonly Incident[]>();
  readonly label = input.required<string>();
  protected readonly headlines = inject(Headlines);
}
