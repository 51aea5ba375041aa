import { Component, computed, inject, input, signal } from '@angular/core';
import type { HostDetails } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { Meter } from '../ui/meter.ts';
import { TimeAgo } from '../ui/time-ago.ts';
import { evidenceRows } from './evidence-rows.ts';

/** As many as one looks through at once; the others on demand. */
const SHOWN_AT_FIRST = 6;

/** Translation keys of what the state letters of proc_pid_stat(5) say. */
const STATES: Readonly<Record<string, string>> = {
  R: 'evidence.running',
  S: 'evidence.sleeping',
  D: 'evidence.uninterruptible',
  T: 'evidence.stopped',
  t: 'evidence.traced',
  Z: 'evidence.zombie',
  I: 'evidence.idle',
};

/** The processes that hold CLOSE_WAIT sockets, and what they do instead of closing them. */
@Component({
  selector: 'cw-process-evidence',
  imports: [Meter, TimeAgo, TranslocoPipe],
  templateUrl: './process-evidence.html',
  styleUrl: './process-evidence.scss',
})
export class ProcessEvidencePanel {
  readonly evidence = input.required<NonNullable<HostDetails['evidence']>>();

  protected readonly formats = inject(Formats);
  protected readonly states = STATES;
  protected readonly all = computed(() => evidenceRows(this.evidence().items));
  protected readonly open = signal(false);
  protected readonly rows = computed(() => (this.open() ? this.all() : this.all().slice(0, SHOWN_AT_FIRST)));
}
