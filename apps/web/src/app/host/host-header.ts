import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SOURCES, type Host } from '@closewatch/protocol';
import { LucideChevronLeft } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { HostStatusMark } from '../ui/host-status-mark.ts';
import { TimeAgo } from '../ui/time-ago.ts';

/** Who the host is, whether it speaks, and what its agent sees. */
@Component({
  selector: 'cw-host-header',
  imports: [HostStatusMark, LucideChevronLeft, RouterLink, TimeAgo, TranslocoPipe],
  templateUrl: './host-header.html',
  styleUrl: './host-header.scss',
})
export class HostHeader {
  readonly host = input.required<Host>();
  protected readonly formats = inject(Formats);
  /** No agent there: somebody sends what ss or netstat prints. */
  protected readonly textOnly = computed(() => !SOURCES.some((source) => source === this.host().agent.source));
  protected readonly labels = computed(() => Object.entries(this.host().labels));
}
