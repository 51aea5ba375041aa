import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Host } from '@closewatch/protocol';
import { LucideChevronLeft } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { ClockMark } from '../ui/clock-mark.ts';
import { HostStatusMark } from '../ui/host-status-mark.ts';
import { TimeAgo } from '../ui/time-ago.ts';
import { isAgentless } from './agentless.ts';

/** Who the host is, whether it speaks, and what its agent sees. */
@Component({
  selector: 'cw-host-header',
  imports: [ClockMark, HostStatusMark, LucideChevronLeft, RouterLink, TimeAgo, TranslocoPipe],
  templateUrl: './host-header.html',
  styleUrl: './host-header.scss',
})
export class HostHeader {
  readonly host = input.required<Host>();
  protected readonly formats = inject(Formats);
  protected readonly textOnly = computed(() => isAgentless(this.host()));
  protected readonly labels = computed(() => Object.entries(this.host().labels));
}
