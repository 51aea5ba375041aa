import { Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { ClockMark } from '../ui/clock-mark.ts';
import { HostStatusMark } from '../ui/host-status-mark.ts';
import { StateBar } from '../ui/state-bar.ts';
import { TimeAgo } from '../ui/time-ago.ts';
import type { FleetRow } from './fleet-order.ts';

/** Hosts, a row each: the bars share their left edge, where CLOSE_WAIT stands. */
@Component({
  selector: 'cw-host-table',
  imports: [ClockMark, HostStatusMark, RouterLink, StateBar, TimeAgo, TranslocoPipe],
  templateUrl: './host-table.html',
  styleUrl: './host-table.scss',
})
export class HostTable {
  readonly heading = input.required<string>();
  readonly rows = input.required<readonly FleetRow[]>();
  protected readonly formats = inject(Formats);
}
