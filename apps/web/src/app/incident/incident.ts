import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, linkedSignal, viewChild, ElementRef } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { HostSchema, IncidentDetailsSchema, type IncidentDetails } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { DEFAULT_SORT, sortOf, type Sort } from '../connections/connection-rows.ts';
import { Headlines } from '../incidents/headlines.ts';
import { IncidentTable } from '../incidents/incident-table.ts';
import { watchIncident } from '../live/incident-watch.ts';
import { SessionStore } from '../session/session-store.ts';
import { PageTitle } from '../shell/page-title.ts';
import { EmptyState } from '../ui/empty-state.ts';
import { ErrorState } from '../ui/error-state.ts';
import { requestFailure } from '../ui/request-failure.ts';
import { CausePanel } from './cause-panel.ts';
import { IncidentEvidenceBoard } from './incident-evidence.ts';
import { IncidentHeader } from './incident-header.ts';
import { IncidentMoment } from './incident-moment.ts';
import { IncidentTimeline } from './incident-timeline.ts';
import { parametersOfView, viewOf, type MomentView } from './incident-view.ts';
import { NoteForm } from './note-form.ts';
import { ReportLinks } from './report-links.ts';
import { storyOf } from './story.ts';

/** One incident: what it is and why, its time to go through, what happened, and what was gathered. */
@Component({
  selector: 'cw-incident',
  imports: [
    CausePanel,
    EmptyState,
    ErrorState,
    IncidentEvidenceBoard,
    IncidentHeader,
    IncidentMoment,
    IncidentTable,
    IncidentTimeline,
    NoteForm,
    ReportLinks,
    RouterLink,
    TranslocoPipe,
  ],
  templateUrl: './incident.html',
  styleUrl: './incident.scss',
})
export class IncidentPage {
  readonly id = input.required<string>();
  /** The view, as it stands in the URL. */
  readonly at = input<string>();
  readonly before = input<string>();
  readonly a = input<string>();
  readonly b = input<string>();
  readonly all = input<string>();
  readonly sort = input<string>();
  readonly order = input<string>();
  readonly filter = input<string>();

  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly headlines = inject(Headlines);
  protected readonly live = watchIncident(this.id);

  protected readonly read = httpResource(() => `/api/v1/incidents/${encodeURIComponent(this.id())}`, {
    parse: (body) => IncidentDetailsSchema.parse(body),
  });
  /** The newest there is; it stays while another picture is on its way. */
  protected readonly incident = linkedSignal<
    { id: string; live: IncidentDetails | null; read: IncidentDetails | undefined },
    IncidentDetails | undefined
  >({
    source: () => ({
      id: this.id(),
      live: this.live.incident(),
      read: this.read.hasValue() ? this.read.value() : undefined,
    }),
    computation: ({ id, live, read }, previous) =>
      live ?? read ?? (previous?.source.id === id ? previous.value : undefined),
  });
  protected readonly missing = computed(() => {
    if (this.incident() !== undefined) return false;
    const { status } = requestFailure(this.read.error());
    return status === 404 || status === 400;
  });

  protected readonly username = computed(() => this.session.session()?.username ?? '');
  protected readonly mayAct = computed(() => {
    const role = this.session.session()?.role;
    return role === 'operator' || role === 'admin';
  });
  protected readonly story = computed(() => {
    const incident = this.incident();
    return incident === undefined ? [] : storyOf(incident);
  });
  protected readonly view = computed(() =>
    viewOf({ at: this.at(), before: this.before(), a: this.a(), b: this.b(), all: this.all() }),
  );
  protected readonly chosenSort = computed(() => sortOf(this.sort(), this.order()));

  /** What the agent may not see, for the words about owners; an incident outlives its host. */
  private readonly hostId = computed(() => this.incident()?.hostId);
  private readonly host = httpResource(
    () => {
      const id = this.hostId();
      return id === undefined ? undefined : `/api/v1/hosts/${id}`;
    },
    { parse: (body) => HostSchema.parse(body) },
  );
  protected readonly agent = computed(() => (this.host.hasValue() ? this.host.value().agent : { missing: [] }));

  protected readonly toMs = (instant: string) => Date.parse(instant);
  private readonly moment = viewChild<unknown, ElementRef<HTMLElement>>('moment', { read: ElementRef });

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const incident = this.incident();
      title.set(incident && this.headlines.of(incident));
    });
  }

  protected showView(change: Partial<MomentView>): void {
    this.show(parametersOfView(change));
  }

  /** From the timeline to the moment. */
  protected look(atMs: number): void {
    this.showView({ atMs });
    this.moment()?.nativeElement.scrollIntoView({ block: 'start' });
  }

  protected showSort({ key, descending }: Sort): void {
    const isDefault = key === DEFAULT_SORT.key && descending === DEFAULT_SORT.descending;
    this.show(isDefault ? { sort: null, order: null } : { sort: key, order: descending ? 'desc' : 'asc' });
  }

  /** Typing is no step to go back to. */
  protected showFilter(filter: string): void {
    this.show({ filter: filter || null }, true);
  }

  private show(queryParams: Record<string, string | null>, replaceUrl = false): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl, scroll: 'manual' });
  }
}
