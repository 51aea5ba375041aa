import { httpResource } from '@angular/common/http';
import { Component, computed, inject, signal } from '@angular/core';
import { HostSchema, hostStatus, pageOf } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import { OpenIncidentList } from '../incidents/open-incident-list.ts';
import { watchFleet } from '../live/fleet-watch.ts';
import { PageTitle } from '../shell/page-title.ts';
import { ErrorState } from '../ui/error-state.ts';
import { StateGroups } from '../ui/state-groups.ts';
import { AddHost } from './add-host.ts';
import { fleetSections, totalsOf } from './fleet-order.ts';
import { HostTable } from './host-table.ts';
import { HostTrend } from './host-trend.ts';

/** Up to so many hosts each get a chart of their own: a small fleet has room for it. */
const CHARTS_UP_TO = 3;
const PAGE_OF_HOSTS = 100;
const HostPageSchema = pageOf(HostSchema);

/** All hosts at a glance: totals, what needs attention, and the rest. */
@Component({
  selector: 'cw-fleet',
  imports: [AddHost, ErrorState, HostTable, HostTrend, OpenIncidentList, StateGroups, TranslocoPipe],
  templateUrl: './fleet.html',
  styleUrl: './fleet.scss',
})
export class FleetPage {
  private readonly clock = inject(Clock);
  private readonly live = watchFleet();
  protected readonly formats = inject(Formats);

  /** The first picture, and all there is where the live connection cannot be had. */
  protected readonly read = httpResource(() => '/api/v1/hosts', { parse: (body) => HostPageSchema.parse(body).items });
  protected readonly hosts = computed(
    () => this.live.hosts() ?? (this.read.hasValue() ? this.read.value() : undefined),
  );
  protected readonly failed = computed(() => (this.hosts() === undefined ? this.read.error() : undefined));
  protected readonly totals = computed(() => this.live.totals() ?? totalsOf(this.hosts() ?? []));
  protected readonly sections = computed(() => fleetSections(this.hosts() ?? [], this.clock.now()));
  protected readonly statuses = computed(() => {
    const counted = { live: 0, stale: 0, silent: 0 };
    for (const host of this.hosts() ?? []) {
      counted[hostStatus(Date.parse(host.lastSeenAt), host.intervalMs, this.clock.now())]++;
    }
    return counted;
  });

  protected readonly limit = signal(PAGE_OF_HOSTS);
  protected readonly quietShown = computed(() => this.sections().quiet.slice(0, this.limit()));
  protected readonly charted = computed(() => {
    const hosts = this.hosts() ?? [];
    const { attention, quiet } = this.sections();
    return hosts.length <= CHARTS_UP_TO ? [...attention, ...quiet].map(({ host }) => host) : [];
  });

  constructor() {
    inject(PageTitle).set(undefined);
  }

  protected showMore(): void {
    this.limit.update((limit) => limit + PAGE_OF_HOSTS);
  }
}
