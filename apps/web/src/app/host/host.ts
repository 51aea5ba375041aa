import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, linkedSignal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { HostSchema, hostStatus, type Host } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import { ownCounted, type Counted } from '../history/counted.ts';
import { rangeOf, type Range } from '../history/ranges.ts';
import { watchHost } from '../live/host-watch.ts';
import { PageTitle } from '../shell/page-title.ts';
import { EmptyState } from '../ui/empty-state.ts';
import { ErrorState } from '../ui/error-state.ts';
import { requestFailure } from '../ui/request-failure.ts';
import { StateGroups } from '../ui/state-groups.ts';
import { readConnections } from '../connections/connection-reads.ts';
import { DEFAULT_SORT, sortOf, type Sort } from '../connections/connection-rows.ts';
import { ConnectionDrawer } from '../connections/connection-drawer.ts';
import { LeakList } from '../leaks/leak-list.ts';
import { ConnectionList } from '../connections/connection-list.ts';
import { HostCharts } from './host-charts.ts';
import { HostHeader } from './host-header.ts';
import { nameOf } from './namespace-choices.ts';
import { NamespaceSwitch } from './namespace-switch.ts';
import { instantOf } from '../connections/local-date-time.ts';
import { netnsOf } from './netns-of.ts';
import { PortsPanel } from './ports-panel.ts';
import { ProcessEvidencePanel } from '../evidence/process-evidence.ts';
import { AgentLacks } from './agent-lacks.ts';
import { isAgentless } from './agentless.ts';

/** One host: who it is, how many sockets stand in each state, how that went, and which connections wait to be closed. */
@Component({
  selector: 'cw-host',
  imports: [
    AgentLacks,
    ConnectionDrawer,
    ConnectionList,
    EmptyState,
    ErrorState,
    HostCharts,
    HostHeader,
    LeakList,
    NamespaceSwitch,
    PortsPanel,
    ProcessEvidencePanel,
    RouterLink,
    StateGroups,
    TranslocoPipe,
  ],
  templateUrl: './host.html',
  styleUrl: './host.scss',
})
export class HostPage {
  readonly id = input.required<string>();
  /** The view, as it stands in the URL. */
  readonly range = input<string>();
  readonly scale = input<string>();
  readonly sort = input<string>();
  readonly order = input<string>();
  readonly filter = input<string>();
  readonly at = input<string>();
  readonly netns = input<string>();
  /** The connection whose drawer is open, by its socketId. */
  readonly connection = input<string>();

  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  /** The network namespace that is looked through; 0 is the host's own. */
  protected readonly chosenNetns = computed(() => netnsOf(this.netns()));
  protected readonly live = watchHost(this.id, this.chosenNetns);

  protected readonly read = httpResource(() => `/api/v1/hosts/${encodeURIComponent(this.id())}`, {
    parse: (body) => HostSchema.parse(body),
  });
  /** Keeps the last known host, so that nothing blinks while a new picture is on its way. */
  protected readonly host = linkedSignal<{ id: string; host: Host | undefined }, Host | undefined>({
    source: () => ({ id: this.id(), host: this.live.host() ?? (this.read.hasValue() ? this.read.value() : undefined) }),
    computation: ({ id, host }, previous) => host ?? (previous?.source.id === id ? previous.value : undefined),
  });
  protected readonly missing = computed(() => {
    if (this.host() !== undefined) return false;
    const { status } = requestFailure(this.read.error());
    return status === 404 || status === 400;
  });
  protected readonly silent = computed(() => {
    const host = this.host();
    return host !== undefined && hostStatus(Date.parse(host.lastSeenAt), host.intervalMs, this.clock.now()) !== 'live';
  });

  /** The chosen namespace among those the host has; undefined for its own, and for one that is gone. */
  protected readonly namespace = computed(() => this.live.namespaces().find(({ id }) => id === this.chosenNetns()));
  /** What is counted in the chosen namespace. */
  protected readonly counted = computed<Counted | undefined>(() => {
    const host = this.host();
    if (host === undefined) return undefined;
    const netns = this.chosenNetns();
    if (netns === 0) return ownCounted(host);
    const { lastSeenAt, intervalMs, counts } = this.namespace() ?? { ...host, counts: null };
    return { netns, lastSeenAt, intervalMs, counts };
  });
  protected readonly closeWait = computed(() => (this.chosenNetns() === 0 ? this.host() : this.namespace())?.closeWait);

  protected readonly chosenRange = computed(() => rangeOf(this.range()));
  protected readonly chosenSort = computed(() => sortOf(this.sort(), this.order()));
  protected readonly nameOf = nameOf;
  protected readonly isAgentless = isAgentless;
  protected readonly asOf = computed(() => instantOf(this.at()));

  /** As of an instant: from the store. Now: from the live connection, and from the store until it is there. */
  protected readonly readList = readConnections(
    computed(() => {
      const at = this.asOf();
      if (this.host() === undefined || (at === undefined && this.live.connections() !== null)) return undefined;
      return { hostId: this.id(), at, netns: this.chosenNetns() };
    }),
  );
  protected readonly connections = computed(() => {
    const live = this.live.connections();
    if (this.asOf() === undefined && live !== null) return live;
    return this.readList.hasValue() ? this.readList.value() : undefined;
  });
  protected readonly listError = computed(() => (this.connections() === undefined ? this.readList.error() : undefined));

  /** Rises when the open connection is told anew. */
  protected readonly connectionVersion = computed(
    () => this.connections()?.find(({ socketId }) => socketId === this.connection())?.heardAt,
  );

  constructor() {
    const title = inject(PageTitle);
    effect(() => title.set(this.host()?.hostname));
  }

  protected showRange(range: Range): void {
    this.show({ range: range === '1h' ? null : range });
  }

  protected showScale(logarithmic: boolean): void {
    this.show({ scale: logarithmic ? null : 'linear' });
  }

  protected showSort({ key, descending }: Sort): void {
    const isDefault = key === DEFAULT_SORT.key && descending === DEFAULT_SORT.descending;
    this.show(isDefault ? { sort: null, order: null } : { sort: key, order: descending ? 'desc' : 'asc' });
  }

  /** Typing is no step to go back to. */
  protected showFilter(filter: string): void {
    this.show({ filter: filter || null }, true);
  }

  /** Beside the list, so that the next one is a click away; null: none. */
  protected showConnection(socketId: string | null): void {
    this.show({ connection: socketId }, this.connection() !== undefined);
  }

  protected showAt(at: string | undefined): void {
    this.show({ at: at ?? null });
  }

  /** Another view of the same page: one stays where one is in it. */
  private show(queryParams: Record<string, string | null>, replaceUrl = false): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl, scroll: 'manual' });
  }
}
