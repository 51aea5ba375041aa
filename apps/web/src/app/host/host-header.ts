import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Host } from '@closewatch/protocol';
import { LucideChevronLeft, LucideTriangleAlert } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { HostStatusMark } from '../ui/host-status-mark.ts';
import { TimeAgo } from '../ui/time-ago.ts';

/** Who the host is, whether it speaks, and what its agent can and cannot see. */
@Component({
  selector: 'cw-host-header',
  imports: [HostStatusMark, LucideChevronLeft, LucideTriangleAlert, RouterLink, TimeAgo, TranslocoPipe],
  templateUrl: './host-header.html',
  styleUrl: './host-header.scss',
})
export class HostHeader {
  readonly host = input.required<Host>();
  protected readonly formats = inject(Formats);
  protected readonly labels = computed(() => Object.entries(this.host().labels));
}
